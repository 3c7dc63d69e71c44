"""Pools that round their size up, written so that every ONNX Runtime computes the same."""

from collections.abc import Mapping
from typing import Any

import onnx

from .padded_pools import kept

#: The first opset whose Pad takes its padding as an input.
PAD_WITH_INPUTS = 11


def write_sizes_down(graph: onnx.GraphProto, opset: int) -> None:
    """Replaces `ceil_mode` by padding at the end where an older runtime would not compute what it means.

    A last window that would start in the padding is left out: ONNX Runtime up to 1.20.1 has it, so that its output is
    larger. An average that counts padding does not count what is beyond it: ONNX Runtime up to 1.24.1 divides by it.
    """
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        nodes.extend(_rewritten(node, graph, opset) if node.op_type in ("MaxPool", "AveragePool") else [node])
    if len(nodes) > len(graph.node):
        del graph.node[:]
        graph.node.extend(nodes)


def _rewritten(pool: onnx.NodeProto, graph: onnx.GraphProto, opset: int) -> list[onnx.NodeProto]:
    """The pool, changed in place, with the nodes that go before it."""
    given = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in pool.attribute}
    if not given.get("ceil_mode") or given.get("auto_pad", b"NOTSET") != b"NOTSET":
        return [pool]
    kernel = given["kernel_shape"]
    axes = len(kernel)
    pads = given.get("pads", [0] * 2 * axes)
    ends = _ends(kernel, pads[axes:], given)
    counts = bool(given.get("count_include_pad", 0))
    if counts and not any(pads):
        _set(pool, {"count_include_pad": 0})
    elif counts and opset >= PAD_WITH_INPUTS:
        beyond = [end - pad for end, pad in zip(ends, pads[axes:])]
        _set(pool, {"count_include_pad": 0, "ceil_mode": 0, "pads": [0] * axes + beyond})
        return [_pad(pool, pads, graph), kept(pool), pool]
    if any(
        stride + pad > size for stride, pad, size in zip(_strides(kernel, given), pads[axes:], _sizes(kernel, given))
    ):
        _set(pool, {"ceil_mode": 0, "pads": [*pads[:axes], *ends]})
    return [pool]


def _ends(kernel: list[int], pads: list[int], given: Mapping[str, Any]) -> list[int]:
    """The padding at the end of each axis with which a size that is rounded down has the same windows."""
    sizes, strides = _sizes(kernel, given), _strides(kernel, given)
    return [min(pad + stride - 1, size - 1) for pad, stride, size in zip(pads, strides, sizes)]


def _sizes(kernel: list[int], given: Mapping[str, Any]) -> list[int]:
    """How far a window reaches."""
    return [(size - 1) * step + 1 for size, step in zip(kernel, given.get("dilations", [1] * len(kernel)))]


def _strides(kernel: list[int], given: Mapping[str, Any]) -> list[int]:
    return list(given.get("strides", [1] * len(kernel)))


def _set(pool: onnx.NodeProto, values: Mapping[str, Any]) -> None:
    others = [attribute for attribute in pool.attribute if attribute.name not in values]
    del pool.attribute[:]
    pool.attribute.extend([*others, *(onnx.helper.make_attribute(name, value) for name, value in values.items())])


def _pad(pool: onnx.NodeProto, pads: list[int], graph: onnx.GraphProto) -> onnx.NodeProto:
    """Zeros of their own around what `pool` takes."""
    axes = len(pads) // 2
    name, sizes = f"{pool.output[0]}/zeros", f"{pool.output[0]}/pads"
    around = [0, 0, *pads[:axes], 0, 0, *pads[axes:]]
    graph.initializer.append(onnx.helper.make_tensor(sizes, onnx.TensorProto.INT64, [len(around)], around))
    node = onnx.helper.make_node("Pad", [pool.input[0], sizes], [name], name=name)
    pool.input[0] = name
    return node
