"""contract.json: what a device's program must know to run the model."""

from typing import Any

import onnx

from edge_engine.onnx_file import ports

SHORT = {"float32": "f32", "float64": "f64", "float16": "f16", "int64": "i64", "int32": "i32", "int16": "i16"}
SHORT |= {"int8": "i8", "uint8": "u8", "bool": "bool", "string": "str"}
#: What the graph ends in, by ONNX's operators.
ENDS = {
    "Softmax": "softmax_inside",
    "Sigmoid": "sigmoid_inside",
    "LogSoftmax": "log_softmax_inside",
    "ArgMax": "argmax_inside",
}


def contract_of(model: onnx.ModelProto, classes: list[str] | None) -> dict[str, Any]:
    """classes: of classes.txt; named where an output has a column for each."""
    inputs, outputs = ports(model)
    versions = {entry.domain: entry.version for entry in model.opset_import}
    makers = {name: node.op_type for node in model.graph.node for name in node.output}
    contract: dict[str, Any] = {
        "version": 1,
        "task": "tensors",
        "opset": versions.get("", 1),
        "ir": model.ir_version,
        "domains": sorted(versions),
        "precision": _precision(model),
        "inputs": [_port(port) for port in inputs],
        "outputs": [_port(port) for port in outputs],
    }
    for port in contract["outputs"]:
        end = ENDS.get(makers.get(port["name"], ""))
        if end is not None:
            port["activation"] = end
    if classes is not None:
        contract |= {"classes": classes, "classes_from": "classes.txt"}
    return contract


def _precision(model: onnx.ModelProto) -> str:
    """int8 where operators count in integers, fp16 or mixed where weights are half floats."""
    if any("Quantize" in node.op_type or "Integer" in node.op_type for node in model.graph.node):
        return "int8"
    kinds = {tensor.data_type for tensor in model.graph.initializer if len(tensor.dims) > 1}
    if onnx.TensorProto.FLOAT16 not in kinds:
        return "fp32"
    return "mixed" if onnx.TensorProto.FLOAT in kinds else "fp16"


def _port(port: dict[str, Any]) -> dict[str, Any]:
    return {"name": port["name"], "dtype": SHORT.get(port["dtype"], port["dtype"]), "shape": port["shape"]}
