"""LightGBM's trees, with what onnxmltools leaves out between their sums and the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnx
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm

ENSEMBLES = ("TreeEnsembleClassifier", "TreeEnsembleRegressor")


def convert_trees(scope: Any, operator: Any, container: Any) -> None:
    """As onnxmltools does, but for three things.

    The sum of a random forest's trees, which it divides by 100 however many there are; the slope of a sigmoid, which it
    takes to be 1; and the sigmoid of each class alone of `multiclassova`, in place of which it writes a softmax.
    """
    model = operator.raw_operator
    said = str(model.booster_.dump_model(num_iteration=1).get("objective", "")).split()
    before = len(container.nodes)
    with _as_sum(model):
        convert_lightgbm(scope, operator, container)
    factor = _slope(said) / (model.booster_.current_iteration() if model.boosting_type == "rf" else 1)
    for node in container.nodes[before:]:
        if node.op_type in ENSEMBLES:
            _scale(node, factor)
            if said[:1] == ["multiclassova"]:
                _alone(node)


@contextmanager
def _as_sum(model: Any) -> Iterator[None]:
    """A random forest as if its trees were added."""
    kept = model.boosting_type
    model.boosting_type = "gbdt" if kept == "rf" else kept
    try:
        yield
    finally:
        model.boosting_type = kept


def _slope(said: list[str]) -> float:
    return next((float(word.partition(":")[2]) for word in said if word.startswith("sigmoid:")), 1.0)


def _scale(node: onnx.NodeProto, factor: float) -> None:
    for attribute in node.attribute:
        if factor != 1 and attribute.name in ("class_weights", "target_weights", "base_values"):
            attribute.floats[:] = (np.asarray(attribute.floats, np.float64) * factor).tolist()


def _alone(node: onnx.NodeProto) -> None:
    for attribute in node.attribute:
        if attribute.name == "post_transform":
            attribute.s = b"LOGISTIC"
