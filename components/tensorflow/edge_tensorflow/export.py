"""tf2onnx, with the options by its own names."""

from typing import Any

import onnx
from tf2onnx import constants, convert

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request
from edge_engine.words import counted

from .graph_nodes import nodes_of
from .model_code import object_of, objects_of
from .node_sets import order_node_sets
from .own_handlers import HANDLERS
from .refusals import Refusals
from .source import Source
from .stable_names import given_names, stabilise

OPSET = constants.PREFERRED_OPSET
IMAGE_AXES = 4
#: Domains that onnx itself knows the operators of.
STANDARD = frozenset({"", "ai.onnx", "ai.onnx.ml"})


def export_onnx(source: Source, request: Request) -> onnx.ModelProto:
    """tf2onnx's graph, the same in each run. `Failure` names operators that are left, and options that name no port."""
    options = request.options
    inputs, outputs = [[port.tensor for port in ports] for ports in (source.inputs, source.outputs)]
    arguments: dict[str, Any] = {
        "opset": options.get("opset", OPSET),
        "target": options.get("target") or None,
        "custom_ops": dict(options.get("custom_ops", {})) or None,
        "custom_op_handlers": _handlers(request),
        "custom_rewriter": _rewriters(request),
        "extra_opset": [onnx.helper.make_opsetid(e["domain"], e["version"]) for e in options.get("extra_opset", [])]
        or None,
        "shape_override": _overrides(source, options),
        "inputs_as_nchw": _tensors(source, options, "inputs_as_nchw"),
        "outputs_as_nchw": _tensors(source, options, "outputs_as_nchw"),
        "tensors_to_rename": {port.tensor: port.name for port in (*source.inputs, *source.outputs)},
    }
    if source.file:
        arguments["tflite_path"] = source.file
    order_node_sets()
    refusals = Refusals()
    try:
        with refusals:
            model, _ = convert._convert_common(
                source.graph,
                name=source.name,
                continue_on_error=True,
                input_names=inputs,
                output_names=outputs,
                initialized_tables=source.tables or None,
                **arguments,
            )
    except (ValueError, KeyError, AttributeError, NotImplementedError, RuntimeError, TypeError) as error:
        message = f"tf2onnx cannot convert this model: {last_line(error)[:400]}"
        hint = "Change that layer, or tensorflow.opset; tf2onnx's page of supported operators says what it knows."
        raise Failure("input", "not-convertible", message, hint) from error
    refuse_left(model, options, refusals.by_operator)
    for domain in sorted(set(options.get("custom_ops", {}).values()) - {e.domain for e in model.opset_import}):
        model.opset_import.add(domain=domain, version=1)
    graphs = [graph for graph in (source.graph, source.raw) if graph is not None]
    stabilise(model, [*source.names, *(name for graph in graphs for name in given_names(graph))])
    return model


def refuse_left(model: onnx.ModelProto, options: dict[str, Any], refusals: dict[str, str]) -> None:
    """`Failure` names operators that are no ONNX: tf2onnx logs them (refusals), and writes the file."""
    own = set(options.get("custom_ops", {}).values()) | {e["domain"] for e in options.get("extra_opset", [])}
    versions = {entry.domain: entry.version for entry in model.opset_import}
    left = sorted({node.op_type for node in nodes_of(model.graph) if not _is_known(node, versions, own)})
    if left:
        said = next((f": {refusals[name]}" for name in left if name in refusals), "")
        message = f"tf2onnx has no ONNX for the operators {', '.join(left[:8])}{said}"
        hint = (
            "Change the layers that need them, raise tensorflow.opset, or write a handler: "
            f"tensorflow: {{custom_op_handlers: {{{left[0]}: handlers.py:convert}}}}"
        )
        raise Failure("input", "unknown-operator", message, hint)


def _is_known(node: Any, versions: dict[str, int], own: set[str]) -> bool:
    if node.domain not in STANDARD:
        return node.domain in own
    try:
        return bool(onnx.defs.has(node.op_type, versions.get(node.domain, 1), node.domain))
    except TypeError:
        return bool(onnx.defs.has(node.op_type, node.domain))


def _handlers(request: Request) -> dict[str, Any]:
    said = objects_of(
        request.options.get("custom_op_handlers", {}), request.code_folder, "tensorflow.custom_op_handlers"
    )
    return {**HANDLERS, **{operator: (function, []) for operator, function in said.items()}}


def _rewriters(request: Request) -> list[Any] | None:
    said = request.options.get("custom_rewriter", [])
    return [object_of(place, request.code_folder, "tensorflow.custom_rewriter") for place in said] or None


def _tensors(source: Source, options: dict[str, Any], key: str) -> list[str] | None:
    """Names of ports as tf2onnx wants them here: after renaming."""
    ports = source.inputs if key.startswith("inputs") else source.outputs
    chosen = [_port(ports, name, key) for name in options.get(key, [])]
    flat = next((port for port in chosen if len(port.shape) != IMAGE_AXES), None)
    if flat is not None:
        message = f"tensorflow.{key} names {flat.name}, which has {counted(len(flat.shape), 'axis', 'axes')}, not 4"
        raise Failure("input", "ports-unknown", message, "Name inputs and outputs of the shape [batch, h, w, c] alone.")
    return [port.name for port in chosen] or None


def _overrides(source: Source, options: dict[str, Any]) -> dict[str, Any] | None:
    said = options.get("shape_override", {})
    return {_port(source.inputs, name, "shape_override").tensor: shape for name, shape in said.items()} or None


def _port(ports: Any, name: str, key: str) -> Any:
    found = next((port for port in ports if name in (port.name, port.tensor, f"{port.name}:0")), None)
    if found is None:
        message = f"tensorflow.{key} names {name}, which the model does not have"
        raise Failure("input", "ports-unknown", message, f"It has {', '.join(port.name for port in ports)}.")
    return found
