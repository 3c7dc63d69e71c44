"""Padding around a map stays what it is before a pool, whatever the optimiser of a runtime makes of it."""

from collections.abc import Mapping

import onnx

#: Gives no number below zero, so that zeros around it change no maximum.
NOT_NEGATIVE = ("Relu", "Sigmoid", "Softmax")

#: An optimiser removes them or moves them away from between a Pad and a pool.
MOVABLE = ("Identity", "Dropout", "Transpose")


def keep_padded_pools(graph: onnx.GraphProto) -> None:
    """Puts a `Max` of a tensor with itself between a `Pad` and the pool behind it; it changes no number.

    ONNX Runtime's optimiser makes the Pad part of the pool. Of a MaxPool (seen from 1.20.1 to 1.30.0) the border is
    then less than any number: of negative numbers, the maximum at the border is not 0. A ResNet50V2 has such a place.
    Of an AveragePool that does not count padding, the border is then not counted: seen in 1.20.1, with an own padding
    also in 1.19.2, with `ceil_mode` up to 1.24.1.
    """
    makers = {output: node for node in graph.node for output in node.output}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        pad = _pad_before(node, makers) if node.op_type in ("MaxPool", "AveragePool") else None
        if pad is not None and not _is_harmless(pad, node, makers):
            nodes.append(kept(node))
        nodes.append(node)
    if len(nodes) > len(graph.node):
        del graph.node[:]
        graph.node.extend(nodes)


def kept(pool: onnx.NodeProto) -> onnx.NodeProto:
    """The node that goes before `pool`, which takes its output from now on."""
    name = f"{pool.output[0]}/padded"
    node = onnx.helper.make_node("Max", [pool.input[0]] * 2, [name], name=name)
    pool.input[0] = name
    return node


def _pad_before(pool: onnx.NodeProto, makers: Mapping[str, onnx.NodeProto]) -> "onnx.NodeProto | None":
    maker = makers.get(pool.input[0])
    while maker is not None and maker.op_type in MOVABLE:
        maker = makers.get(maker.input[0])
    return maker if maker is not None and maker.op_type == "Pad" else None


def _is_harmless(pad: onnx.NodeProto, pool: onnx.NodeProto, makers: Mapping[str, onnx.NodeProto]) -> bool:
    """Whether it makes no difference that the Pad becomes the pool's."""
    if pool.op_type == "AveragePool":
        return any(attribute.name == "mode" and attribute.s not in (b"", b"constant") for attribute in pad.attribute)
    maker = makers.get(pad.input[0])
    return maker is not None and maker.op_type in NOT_NEGATIVE
