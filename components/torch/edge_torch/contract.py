"""contract.json: what a device's program must know to run the model."""

from typing import Any

import onnx

from edge_engine.onnx_file import Port, ports

SHORT = {"float32": "f32", "float64": "f64", "float16": "f16", "bool": "bool"}


def contract_of(model: onnx.ModelProto, classes: "list[str] | None") -> dict[str, Any]:
    inputs, outputs = ports(model)
    versions = {entry.domain: entry.version for entry in model.opset_import}
    types = {onnx.helper.tensor_dtype_to_np_dtype(t.data_type).name for t in model.graph.initializer if len(t.dims) > 1}
    contract: dict[str, Any] = {
        "version": 1,
        "opset": versions.get("", 1),
        "ir": model.ir_version,
        "domains": sorted(versions),
        "precision": "fp16" if "float16" in types and "float32" not in types else "fp32",
        "inputs": [_port(port) for port in inputs],
        "outputs": [_port(port) for port in outputs],
    }
    if classes:
        contract |= {"classes": classes, "classes_from": "classes.txt"}
    return contract


def _port(port: Port) -> dict[str, Any]:
    dtype = port["dtype"]
    short = SHORT.get(dtype) or dtype.replace("uint", "u").replace("int", "i")
    return {"name": port["name"], "dtype": short, "shape": port["shape"]}
