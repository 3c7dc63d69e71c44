"""The last step on an ONNX file: no leaks, our metadata, deterministic bytes; and its ports."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import onnx

from .failure import Failure, last_line
from .padded_pools import keep_padded_pools
from .rounded_pools import write_sizes_down

Port = dict[str, Any]


def finish_onnx(
    path: Path, metadata: Mapping[str, str], sizes: Mapping[str, Mapping[int, int]] | None = None
) -> onnx.ModelProto:
    """Checks the model, strips doc strings and node metadata (stack traces, paths), adds `metadata`, sorted.

    Pools that an older ONNX Runtime computes otherwise, or an optimiser changes, are written so that none does.
    sizes: for an output, the size of axes that the exporter left symbolic though they never change.
    """
    model = onnx.load(str(path))
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        hint = "The exporter wrote an invalid graph: this is a bug in the engine, not in your model's files."
        raise Failure("bug", "onnx-invalid", f"the exported ONNX is invalid: {last_line(error)}", hint) from error
    _settle_pools(model)
    for message in _messages(model):
        message.ClearField("doc_string")
        if "metadata_props" in message.DESCRIPTOR.fields_by_name:
            message.ClearField("metadata_props")
    for value in model.graph.output:
        for axis, size in (sizes or {}).get(value.name, {}).items():
            value.type.tensor_type.shape.dim[axis].dim_value = size
    for key, value in sorted(metadata.items()):
        model.metadata_props.add(key=key, value=value)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return model


def ports(model: onnx.ModelProto) -> tuple[list[Port], list[Port]]:
    """Inputs without initializers, and outputs; a symbolic axis is its name, an unknown one is ""."""
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [_port(value) for value in model.graph.input if value.name not in constants]
    return inputs, [_port(value) for value in model.graph.output]


def _settle_pools(model: onnx.ModelProto) -> None:
    opset = max((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), default=0)
    for graph in [part for part in _messages(model) if isinstance(part, onnx.GraphProto)]:
        write_sizes_down(graph, opset)
        keep_padded_pools(graph)


def _port(value: onnx.ValueInfoProto) -> Port:
    tensor = value.type.tensor_type
    is_text = tensor.elem_type == onnx.TensorProto.STRING
    dtype = "string" if is_text else onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name
    shape = [axis.dim_value if axis.HasField("dim_value") else axis.dim_param for axis in tensor.shape.dim]
    return {"name": value.name, "dtype": dtype, "shape": shape}


def _messages(model: onnx.ModelProto) -> Iterator[Any]:
    yield model
    for function in model.functions:
        yield function
        yield from _nodes(function.node)
    yield from _graph(model.graph)


def _graph(graph: onnx.GraphProto) -> Iterator[Any]:
    yield graph
    yield from graph.initializer
    for values in (graph.input, graph.output, graph.value_info):
        yield from values
    yield from _nodes(graph.node)


def _nodes(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield node
        for attribute in node.attribute:
            yield attribute
            for graph in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
                yield from _graph(graph)
