"""The model as skl2onnx takes it: what only stops it is put aside meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, VotingClassifier, VotingRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.model_selection import (
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import KBinsDiscretizer

from .columns import indices_of
from .walk import estimators_in, final_of, remembers_texts

#: Searches that skl2onnx does not know; GridSearchCV it does.
SEARCHES = (RandomizedSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV)


#: Means a missing text in the graph, where nothing else is said: no table has it.
NO_TEXT = "\ufffdmissing"


@contextmanager
def convertible(model: BaseEstimator) -> Iterator[Any]:
    """What to convert in the model's place: it computes the same."""
    inside = [model, *estimators_in(model)]
    aside: list[tuple[Any, str, Any]] = []
    for owner, name, value in _obstacles(model, inside):
        aside.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)
    try:
        yield model.best_estimator_ if isinstance(model, SEARCHES) else model
    finally:
        for owner, name, value in reversed(aside):
            setattr(owner, name, value)


def _obstacles(model: BaseEstimator, inside: list[BaseEstimator]) -> Iterator[tuple[Any, str, Any]]:
    """Owner, attribute, and the value that skl2onnx takes."""
    last = final_of(model)
    # It says how `transform` gives its rows; `predict` and `predict_proba` do not ask.
    if isinstance(last, VotingClassifier):
        yield last, "flatten_transform", False
    for estimator in inside:
        if isinstance(estimator, (VotingClassifier, VotingRegressor)) and estimator.weights is not None:
            yield estimator, "weights", np.asarray(estimator.weights)
        # Of "zero" skl2onnx writes one number, however many classes there are.
        if isinstance(estimator, GradientBoostingClassifier) and estimator.init == "zero":
            yield estimator, "init", None
        if isinstance(estimator, ColumnTransformer) and any(
            _counts_from_end(chosen) for *_, chosen in _steps(estimator)
        ):
            count = estimator.n_features_in_
            yield (
                estimator,
                "transformers_",
                [(*step, _from_start(chosen, count)) for *step, chosen in _steps(estimator)],
            )
        for calibrated in getattr(estimator, "calibrated_classifiers_", None) or []:
            if isinstance(calibrated.estimator, FrozenEstimator):
                yield calibrated, "estimator", calibrated.estimator.estimator
        if fills_texts(estimator):
            yield estimator, "missing_values", NO_TEXT
        # No tensor is sparse: zeros are written, as they are where the next step reads them.
        if isinstance(estimator, KBinsDiscretizer) and estimator.encode == "onehot":
            yield estimator, "encode", "onehot-dense"
        if isinstance(estimator, Pipeline):
            steps = [(name, step) for name, step in estimator.steps if step not in (None, "passthrough")]
            if 0 < len(steps) < len(estimator.steps):
                yield estimator, "steps", steps
    # onnxmltools knows columns by their numbers alone.
    for estimator in inside:
        if hasattr(estimator, "get_booster") and estimator.get_booster().feature_names is not None:
            booster = estimator.get_booster()
            yield booster, "feature_names", [f"f{at}" for at in range(booster.num_features())]


def _steps(transformer: ColumnTransformer) -> list[tuple[Any, ...]]:
    return list(transformer.transformers_)


def _counts_from_end(chosen: Any) -> bool:
    """Of an array's columns."""
    return isinstance(chosen, (list, tuple, np.ndarray)) and any(
        isinstance(at, (int, np.integer)) and at < 0 for at in chosen
    )


def _from_start(chosen: Any, count: int) -> Any:
    return indices_of(chosen, None, count) if _counts_from_end(chosen) else chosen


def fills_texts(estimator: Any) -> bool:
    """Whether it fills missing texts, which no tensor can hold: skl2onnx only knows a text that means so."""
    is_texts = isinstance(estimator, SimpleImputer) and remembers_texts(estimator)
    return is_texts and not isinstance(estimator.missing_values, str)
