"""Values that a column of the model's input usually has, as far as the fitted model remembers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from .columns import indices_of
from .walk import is_imputer, members_of, remembers_texts

Ranges = list[list[float]]
#: Rows that an estimator keeps of what it was fitted on, or that lie among them.
ROWS = (
    *("_fit_X", "X_fit_", "X_train_", "support_vectors_", "cluster_centers_"),
    *("means_", "theta_", "quantiles_", "center_"),
)


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
    for estimator, features in first_estimators(model, list(range(count)), names):
        words |= set(features[:1]) if hasattr(estimator, "vocabulary_") else set()
        for place, category in _categories(estimator, len(features)):
            values[features[place]].append(category)
        for place, numbers in _numbers(estimator, len(features)):
            seen[features[place]] += [float(number) for number in numbers if np.isfinite(number)]
    return [
        Domain(min(s) if s else None, max(s) if s else None, tuple(dict.fromkeys(v)), at in words)
        for at, (s, v) in enumerate(zip(seen, values))
    ]


def splits_of(model: Any, count: int, names: tuple[str, ...] | None) -> list[NDArray[Any]]:
    """Of each of the `count` columns, where trees split it; a column of categories has none here."""
    found: list[list[float]] = [[] for _ in range(count)]
    for estimator, features in first_estimators(model, list(range(count)), names):
        categories = {place for place, _ in _categories(estimator, len(features))}
        for place, numbers in thresholds_of(estimator, len(features)):
            if place not in categories:
                found[features[place]] += [float(number) for number in numbers if np.isfinite(number)]
    return [np.unique(numbers) for numbers in found]


def first_estimators(model: Any, features: list[int], names: tuple[str, ...] | None) -> Iterator[tuple[Any, list[int]]]:
    """The estimators that see the model's own columns, and which."""
    if isinstance(model, Pipeline):
        for step in (step for _, step in model.steps if step not in (None, "passthrough")):
            yield from first_estimators(step, features, names)
            # An imputer hands its columns on: what follows remembers more of them.
            if not is_imputer(step):
                break
    elif isinstance(model, ColumnTransformer):
        for _, step, chosen in model.transformers_:
            if not isinstance(step, str):
                places = indices_of(chosen, names, len(features))
                inner = None if names is None else tuple(names[at] for at in places)
                yield from first_estimators(step, [features[at] for at in places], inner)
    elif isinstance(model, FeatureUnion):
        for _, step in model.transformer_list:
            yield from first_estimators(step, features, names)
    else:
        for member, columns in members_of(model):
            seen = range(len(features)) if columns is None else columns
            inner = None if names is None else tuple(names[at] for at in seen)
            yield from first_estimators(member, [features[at] for at in seen], inner)
        yield model, features


def filled_columns(model: Any, count: int, names: tuple[str, ...] | None) -> set[int]:
    """Columns in which an imputer fills missing numbers before anything else sees them."""
    found: set[int] = set()
    for estimator, features in first_estimators(model, list(range(count)), names):
        is_of_numbers = is_imputer(estimator) and not remembers_texts(estimator)
        if is_of_numbers or type(estimator).__name__ == "KNNImputer":
            found |= set(features)
    return found


def _categories(estimator: Any, width: int) -> Iterator[tuple[int, Any]]:
    for place, categories in enumerate(getattr(estimator, "categories_", None) or []):
        if place < width:
            yield from ((place, category) for category in np.asarray(categories).tolist())
    for place, count in enumerate(np.atleast_1d(getattr(estimator, "n_categories_", []))[:width]):
        yield from ((place, category) for category in range(int(count)))
    yield from _split_categories(estimator)
    if hasattr(estimator, "vocabulary_"):
        yield from ((0, word) for word in sorted(estimator.vocabulary_))


def _numbers(estimator: Any, width: int) -> Iterator[tuple[int, Any]]:
    """Two and more numbers that lie where the column's usual values lie."""
    for middle, spread in (("mean_", "scale_"), ("center_", "scale_"), ("_x_mean", "_x_std")):
        centre: Any = getattr(estimator, middle, None)
        scale: Any = getattr(estimator, spread, None)
        if _is_row(centre, width) and _is_row(scale, width):
            yield from ((at, (centre[at] - 2 * scale[at], centre[at] + 2 * scale[at])) for at in range(width))
    largest: Any = getattr(estimator, "max_abs_", None)
    if _is_row(largest, width):
        yield from ((at, (-largest[at], largest[at])) for at in range(width))
    edges: Any = getattr(estimator, "bin_edges_", None)
    if edges is not None and len(edges) == width:
        yield from ((at, (edges[at][0], edges[at][-1])) for at in range(width))
    for low, high in (("data_min_", "data_max_"),):
        if _is_row(getattr(estimator, low, None), width):
            yield from ((at, (getattr(estimator, low)[at], getattr(estimator, high)[at])) for at in range(width))
    for name in ROWS:
        rows: Any = getattr(estimator, name, None)
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        if isinstance(rows, np.ndarray) and rows.ndim == 2 and rows.shape[1] == width:
            yield from ((at, (rows[:, at].min(), rows[:, at].max())) for at in range(width))
    yield from thresholds_of(estimator, width)


def _split_categories(estimator: Any) -> Iterator[tuple[int, int]]:
    """Numbers of the categories that a booster's trees ask for, and one that none asks for."""
    for at, numbers in enumerate(_categories_asked(estimator)):
        yield from ((at, number) for number in [*sorted(numbers), *([max(numbers) + 1] if numbers else [])])


def _categories_asked(estimator: Any) -> Iterator[set[int]]:
    """Of each column; LightGBM has them as the text `1||3`, XGBoost as a list of texts."""
    booster = getattr(estimator, "booster_", None)
    if booster is not None:
        frame = booster.trees_to_dataframe()
        for name in booster.feature_name():
            asked = frame[(frame.split_feature == name) & (frame.decision_type == "==")].threshold
            yield {int(part) for entry in asked for part in str(entry).split("||")}
    if "c" in (getattr(estimator, "feature_types", None) or ()):
        booster = estimator.get_booster()
        frame = booster.trees_to_dataframe()
        for name in booster.feature_names or [f"f{at}" for at in range(booster.num_features())]:
            yield {int(part) for entry in frame.Category[frame.Feature == name] for part in _listed(entry)}


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else []


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
