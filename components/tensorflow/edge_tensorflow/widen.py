"""The source's graph in float64: the same nodes, with every float made double."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import graph_pb2, node_def_pb2, types_pb2
from tensorflow.python.framework import op_def_registry, tensor_util

from .double_resize import bilinear

FLOAT, DOUBLE, HALF = types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE, types_pb2.DT_HALF
#: Give float32 whatever they are given: what follows them is cast.
ALWAYS_FLOAT = frozenset({"ResizeBicubic", "ResizeArea"})
RESIZE = "ResizeBilinear"
NORMS = frozenset({"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"})
#: Draw floats: no double of theirs is the same.
NO_DOUBLE = frozenset({"RandomUniform", "RandomStandardNormal", "TruncatedNormal", "StatelessRandomUniformV2"})


class NoDoubleError(Exception):
    """There is no float64 of this graph. The text says why, in one line."""


def widened(graph: Any) -> Any:
    """A GraphDef. Throws `NoDoubleError` for an operator that has no double, and for float16 inside."""
    if has_half(graph):
        raise NoDoubleError("the graph computes in float16, which float64 says nothing of")
    wide = graph_pb2.GraphDef()
    wide.CopyFrom(graph)
    # A process knows a function by its name: those of another type need another one.
    _rename(wide, {function.signature.name: f"{function.signature.name}_double" for function in graph.library.function})
    nodes = list(wide.node)
    del wide.node[:]
    wide.node.extend(_nodes(nodes))
    for function in wide.library.function:
        for argument in (*function.signature.input_arg, *function.signature.output_arg):
            if argument.type == FLOAT:
                argument.type = DOUBLE
        nodes = list(function.node_def)
        if any(node.op in {*NORMS, *ALWAYS_FLOAT, RESIZE} for node in nodes):
            raise NoDoubleError(f"{nodes[0].op} inside of a function")
        del function.node_def[:]
        function.node_def.extend(_nodes(nodes))
        for value in function.attr.values():
            _widen_value(value)
    wide.library.function.extend(_resizes(graph.node))
    return wide


def has_half(graph: Any) -> bool:
    """Whether it computes in float16, if only in parts."""
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    return any(value.type == HALF for node in nodes for value in node.attr.values())


def _rename(graph: Any, names: dict[str, str]) -> None:
    inner = [function.node_def for function in graph.library.function]
    for function in graph.library.function:
        function.signature.name = names[function.signature.name]
    for node in [*graph.node, *(node for nodes in inner for node in nodes)]:
        node.op = names.get(node.op, node.op)
        for value in node.attr.values():
            for called in [*([value.func] if value.HasField("func") else []), *value.list.func]:
                called.name = names.get(called.name, called.name)


def _nodes(nodes: Iterable[Any]) -> Iterable[Any]:
    for node in nodes:
        if node.op in NO_DOUBLE:
            raise NoDoubleError(f"{node.op} ({node.name}) has no double")
        if node.op in NORMS:
            yield from _norm(node)
            continue
        if node.op == RESIZE:
            yield from _resize(node)
            continue
        wide = node_def_pb2.NodeDef()
        wide.CopyFrom(node)
        if node.op == "Bitcast" and node.attr["T"].type == FLOAT:
            # The bits are those of a float32, whatever the rest is.
            yield _node(f"{node.name}/single", "Cast", [node.input[0]], SrcT=DOUBLE, DstT=FLOAT)
            wide.input[0] = f"{node.name}/single"
            yield wide
            continue
        _widen(wide)
        if node.op in ALWAYS_FLOAT:
            wide.name = f"{node.name}/single"
            yield wide
            yield _node(node.name, "Cast", [wide.name], SrcT=FLOAT, DstT=DOUBLE)
        else:
            yield wide


def _widen(node: Any) -> None:
    _add_defaults(node)
    for value in node.attr.values():
        _widen_value(value)


def _add_defaults(node: Any) -> None:
    """A type that is left out is what the operator says, which may be float."""
    operator = op_def_registry.get(node.op)
    for attribute in operator.attr if operator else []:
        if attribute.type == "type" and attribute.name not in node.attr and attribute.default_value.type == FLOAT:
            node.attr[attribute.name].type = DOUBLE


def _widen_value(value: Any) -> None:
    kind = value.WhichOneof("value")
    if kind == "type" and value.type == FLOAT:
        value.type = DOUBLE
    elif kind == "tensor" and value.tensor.dtype == FLOAT:
        array = tensor_util.MakeNdarray(value.tensor)
        value.tensor.CopyFrom(tf.make_tensor_proto(array.astype(np.float64)))
    elif kind == "list":
        types = [DOUBLE if entry == FLOAT else entry for entry in value.list.type]
        del value.list.type[:]
        value.list.type.extend(types)
    elif kind == "func":
        for entry in value.func.attr.values():
            _widen_value(entry)


def _norm(node: Any) -> Iterable[Any]:
    """(x - mean) * (scale / sqrt(variance + epsilon)) + offset; the operator itself knows no double."""
    if node.attr["is_training"].b or node.attr["data_format"].s not in (b"", b"NHWC"):
        raise NoDoubleError(f"{node.op} ({node.name}) in training, or with channels first, has no double")
    image, scale, offset, mean, variance = list(node.input)[:5]
    name = node.name
    epsilon = tf.make_tensor_proto(np.float64(node.attr["epsilon"].f))
    constant = node_def_pb2.NodeDef(name=f"{name}/epsilon", op="Const")
    constant.attr["dtype"].type = DOUBLE
    constant.attr["value"].tensor.CopyFrom(epsilon)
    yield constant
    yield _node(f"{name}/sum", "AddV2", [variance, f"{name}/epsilon"], T=DOUBLE)
    yield _node(f"{name}/root", "Sqrt", [f"{name}/sum"], T=DOUBLE)
    yield _node(f"{name}/factor", "RealDiv", [scale, f"{name}/root"], T=DOUBLE)
    yield _node(f"{name}/centred", "Sub", [image, mean], T=DOUBLE)
    yield _node(f"{name}/scaled", "Mul", [f"{name}/centred", f"{name}/factor"], T=DOUBLE)
    yield _node(name, "AddV2", [f"{name}/scaled", offset], T=DOUBLE)


def _resizes(nodes: Iterable[Any]) -> list[Any]:
    """The functions that stand for them."""
    found = [_bilinear(node) for node in nodes if node.op == RESIZE]
    return list({function.signature.name: function for function in found}.values())


def _resize(node: Any) -> Iterable[Any]:
    image, size = node.input[:2]
    if node.attr["T"].type != FLOAT:
        yield _node(f"{node.name}/double", "Cast", [image], SrcT=node.attr["T"].type, DstT=DOUBLE)
        image = f"{node.name}/double"
    yield _node(node.name, _bilinear(node).signature.name, [image, size])


def _bilinear(node: Any) -> Any:
    return bilinear(node.attr["align_corners"].b, node.attr["half_pixel_centers"].b)


def _node(name: str, operator: str, inputs: Sequence[str], **types: int) -> Any:
    node = node_def_pb2.NodeDef(name=name, op=operator, input=inputs)
    for key, value in types.items():
        node.attr[key].type = value
    return node
