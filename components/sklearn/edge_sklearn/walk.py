"""The estimators inside an estimator, as a pipeline or an ensemble holds them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline


def estimators_in(model: Any) -> Iterator[BaseEstimator]:
    """All that lie inside, from the first step on, without the model itself; each once."""
    seen: set[int] = {id(model)}
    yield from _inside(model, seen)


def final_of(model: Any) -> Any:
    """The estimator that gives a pipeline's answer, or a search's."""
    while True:
        if isinstance(model, Pipeline):
            model = model.steps[-1][1]
        elif hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        else:
            return model


def first_of(model: Any) -> Any:
    """The estimator that sees a pipeline's input."""
    while isinstance(model, Pipeline):
        model = next((step for _, step in model.steps if step not in (None, "passthrough")), None)
    return model


def members_of(model: Any) -> Iterator[tuple[Any, list[int] | None]]:
    """The estimators that an ensemble or a search asks; of its columns those that each sees, None for all.

    A boosting machine keeps its trees in an array, all others in a list.
    """
    if hasattr(model, "best_estimator_"):
        yield model.best_estimator_, None
    elif hasattr(model, "calibrated_classifiers_"):
        yield from ((calibrated.estimator, None) for calibrated in model.calibrated_classifiers_)
    elif isinstance(held := getattr(model, "estimators_", None), (list, np.ndarray)):
        members = held if isinstance(held, list) else held.ravel().tolist()
        chosen = getattr(model, "estimators_features_", None) or [None] * len(members)
        for member, columns in zip(members, chosen):
            sees_all = columns is None or list(columns) == list(range(model.n_features_in_))
            yield member, None if sees_all else [int(at) for at in columns]
    elif hasattr(getattr(model, "estimator_", None), "n_features_in_"):
        yield model.estimator_, None


def is_imputer(step: Any) -> bool:
    """It hands its columns on, with what was missing filled in."""
    return hasattr(step, "statistics_")


def remembers_texts(imputer: Any) -> bool:
    """Whether a SimpleImputer fills texts: a constant, if a number or a text, is kept as an object."""
    values = np.asarray(imputer.statistics_)
    return values.dtype.kind in "UT" or (values.dtype.kind == "O" and any(isinstance(each, str) for each in values))


def _inside(value: Any, seen: set[int]) -> Iterator[BaseEstimator]:
    for entry in _entries(value):
        if isinstance(entry, BaseEstimator):
            if id(entry) in seen:
                continue
            seen.add(id(entry))
            yield entry
        if isinstance(entry, (BaseEstimator, list, tuple)) or _holds_fitted(entry):
            yield from _inside(entry, seen)


def _entries(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    if _holds_fitted(value):
        return list(vars(value).values())
    if not isinstance(value, BaseEstimator):
        return []
    fitted = {name: entry for name, entry in vars(value).items() if name.endswith("_")}
    # What was fitted, not the template that it was made from.
    given = vars(value) if not _holds_estimators(fitted.values()) else fitted
    return list(given.values())


def _holds_fitted(value: Any) -> bool:
    """CalibratedClassifierCV keeps its fitted classifiers in objects that are not estimators."""
    return type(value).__name__ == "_CalibratedClassifier"


def _holds_estimators(entries: Any) -> bool:
    return any(
        isinstance(entry, BaseEstimator) or (isinstance(entry, (list, tuple)) and _holds_estimators(entry))
        for entry in entries
    )
