"""Zeros around a map stay zeros before a maximum is taken."""

import onnx

#: Gives no number below zero, so that zeros around it change no maximum.
NOT_NEGATIVE = ("Relu", "Sigmoid", "Softmax")


def keep_padded_pools(graph: onnx.GraphProto) -> None:
    """Puts a `Max` of a tensor with itself between a `Pad` and the `MaxPool` behind it; it changes no number.

    ONNX Runtime's optimiser (seen in 1.30.0) makes the Pad part of the MaxPool, whose border is less than any number:
    of negative numbers, the maximum at the border is then not 0. A ResNet50V2 has such a place.
    """
    makers = {output: node for node in graph.node for output in node.output}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        pad = makers.get(node.input[0]) if node.op_type == "MaxPool" else None
        if pad is not None and pad.op_type == "Pad" and not _is_not_negative(makers.get(pad.input[0])):
            kept = f"{node.output[0]}/padded"
            nodes.append(onnx.helper.make_node("Max", [node.input[0]] * 2, [kept], name=kept))
            node.input[0] = kept
        nodes.append(node)
    if len(nodes) > len(graph.node):
        del graph.node[:]
        graph.node.extend(nodes)


def _is_not_negative(maker: "onnx.NodeProto | None") -> bool:
    return maker is not None and maker.op_type in NOT_NEGATIVE
