"""What of the source each output of the graph is compared with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from edge_engine.failure import Failure
from sklearn.base import BaseEstimator, is_classifier, is_clusterer, is_outlier_detector, is_regressor
from sklearn.ensemble import VotingClassifier
from sklearn.feature_selection import SelectorMixin

from .walk import final_of

Array = NDArray[Any]
#: Of a model and a table.
Take = Callable[[Any, Any], Any]
Named = tuple[str, Take]


@dataclass(frozen=True)
class View:
    """An output by its name in the graph, with its dtype and rank there."""

    output: str
    #: `predict`, `predict_proba`, …: what is called.
    method: str
    take: Take
    dtype: str
    rank: int
    #: In float32, where the source itself goes to float64 and back.
    take_single: Take | None = None

    def of(self, model: Any, table: Any, single: bool = False) -> Array:
        """Of the rows of a table, in the shape of the graph's output."""
        found = (self.take_single if single and self.take_single else self.take)(model, table)
        found = found.toarray() if hasattr(found, "toarray") else found
        values: Array = np.asarray(found)
        flat = values.reshape(len(values), -1)
        return flat[:, 0] if self.rank == 1 and flat.shape[1] == 1 else flat

    @property
    def is_label(self) -> bool:
        return not self.dtype.startswith("float")


def views_of(model: BaseEstimator, graph: onnx.ModelProto, options: dict[str, Any]) -> list[View]:
    """One for each output. `Failure` for a model whose outputs nothing is known to be compared with."""
    outputs = list(graph.graph.output)
    takes = _takes(model, len(outputs), str(options.get("options", {})))
    if len(takes) < len(outputs):
        names = ", ".join(value.name for value in outputs)
        message = f"it is unknown which method of this {type(model).__name__} to compare with the outputs {names}"
        hint = (
            "Use a classifier of one target, a regressor, a clusterer, an outlier detector, a transformer, "
            "or a pipeline that ends in one."
        )
        raise Failure("input", "outputs-unknown", message, hint)
    views = [_view(value, method, take) for value, (method, take) in zip(outputs, takes)]
    is_distance = is_clusterer(model) and hasattr(final_of(model), "cluster_centers_") and final_of(model) is model
    return [replace(v, take_single=_distances) if is_distance and v.method == "transform" else v for v in views]


def _takes(model: Any, outputs: int, options: str) -> list[Named]:
    if isinstance(final_of(model), SelectorMixin):
        return [_called("transform")]
    if is_classifier(model):
        return [] if isinstance(model.classes_, list) else _of_classifier(model, outputs, options)
    if is_regressor(model):
        return [_called("predict")]
    if is_outlier_detector(model):
        return [_called(name) for name in ("predict", "decision_function", "score_samples")]
    if is_clusterer(model):
        return [_called(name) for name in ("predict", "transform") if hasattr(model, name)]
    return [_called(name) for name in ("predict", "predict_proba", "transform") if hasattr(model, name)]


def _distances(model: Any, table: Any) -> Array:
    """To the centres, by squares in float32, as ONNX computes them; scikit-learn takes the squares in float64."""
    rows, centres = (np.asarray(values, np.float32) for values in (table, model.cluster_centers_))
    squares = (rows**2).sum(1, keepdims=True) - 2 * (rows @ centres.T) + (centres**2).sum(1)
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def _called(name: str) -> Named:
    return name, lambda model, table: getattr(model, name)(table)


def _of_classifier(model: Any, outputs: int, options: str) -> list[Named]:
    labels = ("predict", _indices) if "nocl" in options else _called("predict")
    final = final_of(model)
    if isinstance(final, VotingClassifier) and final.voting == "hard":
        return [labels, ("votes", _votes)]
    is_raw = "raw_scores" in options or not hasattr(model, "predict_proba")
    if is_raw and not hasattr(model, "decision_function"):
        return [labels]
    method, scores = ("decision_function", _both_signs) if is_raw else _called("predict_proba")
    if outputs <= 2:
        return [labels, (method, scores)]
    return [labels, *((method, _column(scores, at)) for at in range(outputs - 1))]


def _indices(model: Any, table: Any) -> Array:
    return np.asarray(np.searchsorted(model.classes_, model.predict(table)))


def _both_signs(model: Any, table: Any) -> Array:
    """skl2onnx gives a score for each class, also where there are two of them."""
    found = np.asarray(model.decision_function(table))
    return np.stack([-found, found], axis=1) if found.ndim == 1 else found


def _votes(model: Any, table: Any) -> Array:
    """The part of the classifiers that choose each class, by their weights."""
    final = final_of(model)
    rows = model[:-1].transform(table) if final is not model and hasattr(model, "steps") else table
    chosen = np.asarray(final.transform(rows))
    weights = np.ones(chosen.shape[1]) if final.weights is None else np.asarray(final.weights)
    votes = [((chosen == at) * weights).sum(axis=1) for at in range(len(final.classes_))]
    return np.asarray(np.stack(votes, axis=1) / weights.sum())


def _column(scores: Take, at: int) -> Take:
    return lambda model, table: scores(model, table)[:, at]


def _view(value: onnx.ValueInfoProto, method: str, take: Take) -> View:
    tensor = value.type.tensor_type
    is_text = tensor.elem_type == onnx.TensorProto.STRING
    dtype = "string" if is_text else onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name
    return View(value.name, method, take, dtype, len(tensor.shape.dim))
