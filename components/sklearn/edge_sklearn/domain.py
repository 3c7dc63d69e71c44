"""Values that a column of the model's input usually has, as far as the fitted model remembers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from .columns import indices_of

Ranges = list[list[float]]


@dataclass(frozen=True)
class Domain:
    """low, high: None where nothing is remembered. values: the only ones (categories, words)."""

    low: float | None
    high: float | None
    values: tuple[Any, ...] = ()
    #: The values are words of a text.
    words: bool = False


def domains_of(model: Any, count: int, names: tuple[str, ...] | None) -> list[Domain]:
    """Of each of the `count` columns."""
    seen: Ranges = [[] for _ in range(count)]
    values: list[list[Any]] = [[] for _ in range(count)]
    words: set[int] = set()
    for estimator, features in _first(model, list(range(count)), names):
        words |= set(features[:1]) if hasattr(estimator, "vocabulary_") else set()
        for place, category in _categories(estimator, len(features)):
            values[features[place]].append(category)
        for place, numbers in _numbers(estimator, len(features)):
            seen[features[place]] += [float(number) for number in numbers if np.isfinite(number)]
    return [
        Domain(min(s) if s else None, max(s) if s else None, tuple(dict.fromkeys(v)), at in words)
        for at, (s, v) in enumerate(zip(seen, values))
    ]


def _first(model: Any, features: list[int], names: tuple[str, ...] | None) -> Iterator[tuple[Any, list[int]]]:
    """The estimators that see the model's own columns, and which."""
    if isinstance(model, Pipeline):
        steps = [step for _, step in model.steps if step not in (None, "passthrough")]
        if steps:
            yield from _first(steps[0], features, names)
    elif isinstance(model, ColumnTransformer):
        for _, step, chosen in model.transformers_:
            if not isinstance(step, str):
                yield from _first(step, [features[at] for at in indices_of(chosen, names, len(features))], names)
    elif isinstance(model, FeatureUnion):
        for _, step in model.transformer_list:
            yield from _first(step, features, names)
    elif hasattr(model, "best_estimator_"):
        yield from _first(model.best_estimator_, features, names)
    elif isinstance(getattr(model, "estimators_", None), list) and not hasattr(model, "tree_"):
        for estimator in model.estimators_:
            yield from _first(estimator, features, names)
        yield model, features
    else:
        yield model, features


def _categories(estimator: Any, width: int) -> Iterator[tuple[int, Any]]:
    for place, categories in enumerate(getattr(estimator, "categories_", None) or []):
        if place < width:
            yield from ((place, category) for category in np.asarray(categories).tolist())
    if hasattr(estimator, "vocabulary_"):
        yield from ((0, word) for word in sorted(estimator.vocabulary_))


def _numbers(estimator: Any, width: int) -> Iterator[tuple[int, Any]]:
    """Two and more numbers that lie where the column's usual values lie."""
    centre: Any = getattr(estimator, "mean_", None)
    scale: Any = getattr(estimator, "scale_", None)
    if _is_row(centre, width) and _is_row(scale, width):
        yield from ((at, (centre[at] - 2 * scale[at], centre[at] + 2 * scale[at])) for at in range(width))
    for low, high in (("data_min_", "data_max_"),):
        if _is_row(getattr(estimator, low, None), width):
            yield from ((at, (getattr(estimator, low)[at], getattr(estimator, high)[at])) for at in range(width))
    for name in ("_fit_X", "support_vectors_", "cluster_centers_", "means_", "theta_", "quantiles_", "center_"):
        rows: Any = getattr(estimator, name, None)
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        if isinstance(rows, np.ndarray) and rows.ndim == 2 and rows.shape[1] == width:
            yield from ((at, (rows[:, at].min(), rows[:, at].max())) for at in range(width))
    yield from thresholds_of(estimator, width)


def _is_row(value: Any, width: int) -> bool:
    return isinstance(value, np.ndarray) and value.shape == (width,)


def thresholds_of(estimator: Any, width: int) -> Iterator[tuple[int, NDArray[Any]]]:
    """Where trees split a column."""
    tree: Any = getattr(estimator, "tree_", None)
    if hasattr(tree, "threshold"):
        yield from ((at, tree.threshold[tree.feature == at]) for at in range(width))
    for iteration in getattr(estimator, "_predictors", None) or []:
        for predictor in iteration:
            inner = predictor.nodes[predictor.nodes["is_leaf"] == 0]
            yield from ((at, inner["num_threshold"][inner["feature_idx"] == at]) for at in range(width))
    if hasattr(estimator, "get_booster"):
        frame = estimator.get_booster().trees_to_dataframe()
        names = estimator.get_booster().feature_names or [f"f{at}" for at in range(width)]
        yield from ((at, frame.Split[frame.Feature == name].to_numpy()) for at, name in enumerate(names))
    booster = getattr(estimator, "booster_", None)
    if booster is not None:
        frame = booster.trees_to_dataframe()
        for at, name in enumerate(booster.feature_name()):
            numbers = frame.threshold[frame.split_feature == name]
            yield at, np.array([float(number) for number in numbers if _is_number(number)])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))
