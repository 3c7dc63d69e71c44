"""Tensors inside of the graph that show more than the outputs: what goes into a softmax, an ArgMax, a top k."""

from typing import Any

import onnx

from .graph_nodes import full_name
from .ports import Array, Port

#: Lose what they are given.
LOSSY = frozenset(
    {
        "Softmax",
        "LogSoftmax",
        "Sigmoid",
        "ArgMax",
        "ArgMin",
        "TopKV2",
        "TopK",
        "NonMaxSuppressionV3",
        "CombinedNonMaxSuppression",
    }
)
#: Of a recurrent cell and of an attention to channels as well, where they show nothing.
GATES = frozenset({"Sigmoid"})
MOST = 8
#: Further axes may lie in another order in the ONNX.
MOST_AXES = 3


def inner_tensors(graph: Any, outputs: tuple[Port, ...], model: onnx.ModelProto) -> list[str]:
    """Names that the source's graph and the ONNX both have, from the end of the graph on."""
    if graph is None:
        return []
    own = {name for node in model.graph.node for name in node.output}
    given = {port.tensor for port in outputs} | {value.name for value in model.graph.output}
    last = _last_nodes(graph, outputs)
    found = [
        full_name(node.input[0])
        for node in reversed(graph.node)
        if node.op in LOSSY and (node.op not in GATES or node.name in last)
    ]
    return [name for name in dict.fromkeys(found) if name in own and name not in given][:MOST]


def _last_nodes(graph: Any, outputs: tuple[Port, ...]) -> set[str]:
    """Nodes that make an output, past those that only hand it on."""
    nodes = {node.name: node for node in graph.node}
    found = set()
    for port in outputs:
        node = nodes.get(port.tensor.split(":")[0])
        while node is not None and node.op in ("Identity", "Cast", "Reshape"):
            node = nodes.get(node.input[0].split(":")[0])
        if node is not None:
            found.add(node.name)
    return found


def same_place(name: str, array: Array, inferred: onnx.ModelProto) -> bool:
    """Whether the ONNX has the tensor in the source's layout and type, as far as its shapes tell."""
    if array.dtype.kind != "f" or array.ndim > MOST_AXES:
        return False
    value = next((entry for entry in inferred.graph.value_info if entry.name == name), None)
    if value is None or not value.type.tensor_type.HasField("shape"):
        return array.ndim <= 2
    dims = value.type.tensor_type.shape.dim
    return len(dims) == array.ndim and all(d.dim_value in (0, size) for d, size in zip(dims, array.shape))


def deciding(port: Port, graph: Any) -> str | None:
    """The tensor whose largest value decides an output of whole numbers; None where none does."""
    if graph is None or not port.dtype.startswith("int"):
        return None
    nodes = {node.name: node for node in graph.node}
    node = nodes.get(port.tensor.split(":")[0])
    while node is not None and node.op in ("Identity", "Cast"):
        node = nodes.get(node.input[0].split(":")[0])
    return full_name(node.input[0]) if node is not None and node.op == "ArgMax" else None
