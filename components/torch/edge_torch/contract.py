"""contract.json: what a device's program must know to run the model."""

from typing import Any

import onnx

from edge_engine.onnx_file import Port, ports

SHORT = {"float32": "f32", "float64": "f64", "float16": "f16", "bool": "bool"}


def contract_of(model: onnx.ModelProto, classes: "list[str] | None") -> dict[str, Any]:
    inputs, outputs = ports(model)
    versions = {entry.domain: entry.version for entry in model.opset_import}
    contract: dict[str, Any] = {
        "version": 1,
        "opset": versions.get("", 1),
        "ir": model.ir_version,
        "domains": sorted(versions),
        "precision": _precision(model),
        "inputs": [_port(port) for port in inputs],
        "outputs": [_port(port) for port in outputs],
    }
    if classes:
        contract |= {"classes": classes, "classes_from": "classes.txt"}
    return contract


def _precision(model: onnx.ModelProto) -> str:
    """int8 where operators count in integers, as of a fake quantisation; fp16 where all weights are half floats."""
    if any("Quantize" in node.op_type or "Integer" in node.op_type for node in model.graph.node):
        return "int8"
    kinds = {tensor.data_type for tensor in model.graph.initializer if len(tensor.dims) > 1}
    return "fp16" if onnx.TensorProto.FLOAT16 in kinds and onnx.TensorProto.FLOAT not in kinds else "fp32"


def _port(port: Port) -> dict[str, Any]:
    dtype = port["dtype"]
    short = SHORT.get(dtype) or dtype.replace("uint", "u").replace("int", "i")
    return {"name": port["name"], "dtype": short, "shape": port["shape"]}
