"""contract.json: what a device's program must know to run the model."""

from collections.abc import Sequence
from typing import Any

import onnx

from edge_engine.onnx_file import ports
from sklearn.base import BaseEstimator, is_classifier, is_clusterer, is_outlier_detector, is_regressor

from .tidy import BATCH
from .views import View

SHORT = {"float32": "f32", "float64": "f64", "int64": "i64", "int32": "i32", "bool": "bool", "string": "str"}
#: Of the graph's outputs, by what of the source they are.
ACTIVATIONS = {"decision_function": "none"}


def contract_of(model: BaseEstimator, graph: onnx.ModelProto, views: Sequence[View]) -> dict[str, Any]:
    inputs, outputs = ports(graph)
    methods = {view.output: view.method for view in views}
    versions = {entry.domain: entry.version for entry in graph.opset_import}
    contract: dict[str, Any] = {
        "version": 1,
        "task": _task(model),
        "opset": versions.get("", 1),
        "ir": graph.ir_version,
        "domains": sorted(versions),
        "precision": "fp32",
        "inputs": [_port(port) for port in inputs],
        "outputs": [{**_port(port), "source": methods[port["name"]]} for port in outputs],
    }
    for port in contract["outputs"]:
        if methods[port["name"]] in ACTIVATIONS:
            port["activation"] = ACTIVATIONS[methods[port["name"]]]
    classes = getattr(model, "classes_", None)
    if classes is not None and not isinstance(classes, list):
        contract |= {"classes": [str(name) for name in classes], "classes_from": "the model's classes_"}
    return contract


def _task(model: BaseEstimator) -> str:
    if is_classifier(model):
        return "tabular-classification"
    if is_regressor(model):
        return "tabular-regression"
    if is_outlier_detector(model):
        return "outlier-detection"
    return "clustering" if is_clusterer(model) else "transformation"


def _port(port: dict[str, Any]) -> dict[str, Any]:
    shape = [BATCH if axis == 0 else size for axis, size in enumerate(port["shape"])]
    return {"name": port["name"], "dtype": SHORT.get(port["dtype"], port["dtype"]), "shape": shape}
