"""Neighbours weighed by their distance: skl2onnx turns the distances' sign, and so weighs all of them alike."""

from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from edge_engine.failure import Failure
from sklearn.base import BaseEstimator
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from .walk import estimators_in


def weigh_by_distance(graph: onnx.GraphProto, model: BaseEstimator) -> None:
    """Changes the graph: what TopK finds as the smallest distances goes on as it is, without `* -1`.

    `Failure` where an estimator weighs by distance and the graph has no such place: it would weigh all alike.
    """
    weighing = [each for each in (model, *estimators_in(model)) if _weighs(each)]
    if not weighing:
        return
    negative = {each.name for each in graph.initializer if np.array_equal(numpy_helper.to_array(each), [-1.0])}
    smallest = {node.output[0] for node in graph.node if node.op_type == "TopK" and _attribute(node, "largest", 1) == 0}
    turned = [
        node for node in graph.node if node.op_type == "Mul" and node.input[0] in smallest and node.input[1] in negative
    ]
    if len(turned) < len(weighing):
        name = type(weighing[0]).__name__
        message = f"the {name} weighs its neighbours by distance, which skl2onnx converts for an opset from 11 on"
        hint = "Remove `sklearn.target_opset`, or train the model with `weights='uniform'`."
        raise Failure("input", "not-convertible", message, hint)
    for node in turned:
        node.CopyFrom(onnx.helper.make_node("Identity", [node.input[0]], [node.output[0]], node.name))


def _weighs(estimator: Any) -> bool:
    """Not what an ensemble keeps as its model for others: that one is not fitted."""
    is_fitted = isinstance(estimator, (KNeighborsClassifier, KNeighborsRegressor)) and hasattr(estimator, "_fit_X")
    return is_fitted and isinstance(estimator.weights, str) and estimator.weights == "distance"


def _attribute(node: onnx.NodeProto, name: str, default: int) -> int:
    return next((each.i for each in node.attribute if each.name == name), default)
