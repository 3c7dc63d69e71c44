"""The graph's inputs: what the options say, or what the model says of the columns that it was fitted on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from skl2onnx.common import data_types

from edge_engine.failure import Failure
from edge_engine.words import counted
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction import DictVectorizer

from .walk import estimators_in, first_of, is_imputer, remembers_texts

KINDS = {
    "FloatTensorType": "float32",
    "DoubleTensorType": "float64",
    "Int64TensorType": "int64",
    "Int32TensorType": "int32",
    "BooleanTensorType": "bool",
    "StringTensorType": "string",
}
TYPES = {kind: name for name, kind in KINDS.items()}
ARRAY_NAME = "X"
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Input:
    """One input of the graph: `width` columns of one kind (a NumPy dtype's name, or `string`)."""

    name: str
    kind: str
    width: int
    features: tuple[int, ...]
    "Which of the model's columns these are."

    @property
    def initial_type(self) -> tuple[str, Any]:
        return self.name, getattr(data_types, TYPES[self.kind])([None, self.width])


@dataclass(frozen=True)
class Columns:
    inputs: tuple[Input, ...]
    #: Of the table that the model was fitted on; None where that was an array.
    names: tuple[str, ...] | None
    count: int
    #: The model takes texts, not rows of columns.
    is_text: bool = False

    def table(self, arrays: Arrays, dtype: str | None = None) -> Any:
        """What the model takes. dtype: of all floats, where it should be another one than the inputs'."""
        columns: list[NDArray[Any]] = [np.zeros(len(next(iter(arrays.values()))), np.float32)] * self.count
        for entry in self.inputs:
            values = arrays[entry.name]
            if dtype is not None and values.dtype.kind == "f":
                values = values.astype(dtype)
            for place, feature in enumerate(entry.features):
                columns[feature] = values[:, place]
        if self.is_text:
            return columns[0]
        if self.names is None:
            return np.stack(columns, axis=1)
        return pd.DataFrame(dict(zip(self.names, columns)), columns=list(self.names))


def find_columns(model: BaseEstimator, options: dict[str, Any]) -> Columns:
    """`Failure` where the model does not say how many columns it takes, or the options say another number."""
    names = None if is_all_text(model) else _feature_names(model)
    count = _count(model, names)
    said = options.get("initial_types")
    inputs = _said(said, names, count) if said else _default(model, names, count)
    is_text = names is None and count == 1 and is_all_text(model)
    return Columns(tuple(inputs), names, count, is_text)


def _feature_names(model: BaseEstimator) -> tuple[str, ...] | None:
    for estimator in (model, *estimators_in(model)):
        names = getattr(estimator, "feature_names_in_", None)
        if names is not None:
            return tuple(str(name) for name in names)
    return None


def _count(model: BaseEstimator, names: tuple[str, ...] | None) -> int:
    if names is not None:
        return len(names)
    if is_all_text(model):
        return 1
    if isinstance(first_of(model), DictVectorizer):
        message = "a DictVectorizer takes dictionaries, but the inputs of an edge model are tensors"
        hint = "Use a ColumnTransformer of named columns instead, with a OneHotEncoder for the texts."
        raise Failure("input", "columns-unknown", message, hint)
    for estimator in (model, *estimators_in(model)):
        try:
            return int(estimator.n_features_in_)
        except (AttributeError, TypeError):
            continue
    hint = (
        "Name the inputs in conversion.yaml: `sklearn: {initial_types: [{name: X, type: float32, shape: [null, 4]}]}`"
    )
    message = f"the model ({type(model).__name__}) does not record how many columns it takes"
    raise Failure("input", "columns-unknown", message, hint)


def _said(said: list[dict[str, Any]], names: tuple[str, ...] | None, count: int) -> Iterator[Input]:
    start = 0
    widths = [entry.get("shape", [None, 1])[1] for entry in said]
    by_name = names is not None and all(entry["name"] in names for entry in said) and set(widths) == {1}
    if not by_name and sum(width or 0 for width in widths) != count:
        has = counted(sum(width or 0 for width in widths), "column")
        message = f"sklearn.initial_types has {has}, but the model takes {count}"
        columns = f": {', '.join(names)}" if names else ""
        raise Failure("input", "initial-types", message, f"Name all {count} columns, in the model's order{columns}.")
    for entry, width in zip(said, widths):
        kind = KINDS.get(entry["type"], entry["type"])
        features = (names.index(entry["name"]),) if by_name and names else tuple(range(start, start + width))
        start += width
        yield Input(entry["name"], kind, width, features)


def _default(model: BaseEstimator, names: tuple[str, ...] | None, count: int) -> list[Input]:
    transformer = next((e for e in (model, *estimators_in(model)) if isinstance(e, ColumnTransformer)), None)
    if transformer is None:
        kind = "string" if takes_text(model) else _kind(model, 0)
        return [Input(ARRAY_NAME, kind, count, tuple(range(count)))]
    kinds = _kinds(transformer, names, count)
    if names is not None:
        return [Input(names[index], kind, 1, (index,)) for index, kind in sorted(kinds.items())]
    if len(set(kinds.values())) > 1:
        hint = (
            "Name them in conversion.yaml: `sklearn: {initial_types: [{name: a, type: float32, shape: [null, 3]}, …]}`"
        )
        raise Failure(
            "input", "columns-unknown", "the model takes columns of several types, but their names are unknown", hint
        )
    return [Input(ARRAY_NAME, next(iter(kinds.values()), "float32"), count, tuple(range(count)))]


def _kinds(transformer: ColumnTransformer, names: tuple[str, ...] | None, count: int) -> dict[int, str]:
    """The kind of each column that the transformer looks at, by its index."""
    kinds = {}
    for _, step, chosen in transformer.transformers_:
        if isinstance(step, str) and step == "drop":
            continue
        for place, index in enumerate(indices_of(chosen, names, count)):
            kinds[index] = "float32" if isinstance(step, str) else _kind(step, place)
        nested = None if isinstance(step, str) else first_of(step)
        if isinstance(nested, ColumnTransformer):
            places = indices_of(chosen, names, count)
            inner = None if names is None else tuple(names[at] for at in places)
            kinds |= {places[at]: kind for at, kind in _kinds(nested, inner, len(places)).items()}
    return kinds


def indices_of(chosen: Any, names: tuple[str, ...] | None, count: int) -> list[int]:
    """Which of `count` columns a step of a ColumnTransformer takes."""
    if isinstance(chosen, slice):
        return list(range(count))[chosen]
    listed = [chosen] if isinstance(chosen, (str, int)) else list(chosen)
    if listed and all(isinstance(entry, (bool, np.bool_)) for entry in listed):
        return [index for index, taken in enumerate(listed) if taken]
    return [names.index(entry) if isinstance(entry, str) and names else int(entry) % count for entry in listed]


def _kind(step: Any, place: int) -> str:
    """Of a column of a step: the first estimator decides that remembers what it was fitted on."""
    for estimator in (step, *estimators_in(step)):
        categories = getattr(estimator, "categories_", None)
        if hasattr(estimator, "n_categories_"):
            return "int64"
        if categories is not None and place < len(categories):
            # No converter takes booleans: they go in as 0 and 1.
            return {"O": "string", "U": "string", "T": "string", "i": "int64", "b": "int64"}.get(
                np.asarray(categories[place]).dtype.kind, "float32"
            )
        if is_imputer(estimator) and remembers_texts(estimator):
            return "string"
        if takes_text(estimator):
            return "string"
    return "float32"


def is_all_text(model: Any) -> bool:
    """Whether the model's only input is texts, which it splits into words: no table with a column of them."""
    first = first_of(model)
    return takes_text(first) and not isinstance(first, ColumnTransformer)


def takes_text(step: Any) -> bool:
    """Whether it splits texts into words."""
    return any(hasattr(estimator, "build_analyzer") for estimator in (step, *estimators_in(step)))
