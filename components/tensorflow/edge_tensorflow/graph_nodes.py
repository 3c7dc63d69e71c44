"""Nodes of graphs, TensorFlow's and those of ONNX, and their names."""

from typing import Any


def full_name(name: str) -> str:
    """`conv:0` for `conv`, as a node names the first output of another."""
    return name if ":" in name else f"{name}:0"


def nodes_of(graph: Any) -> list[Any]:
    """Of the graph and those inside of its loops and branches."""
    found = []
    for node in graph.node:
        found.append(node)
        for attribute in node.attribute:
            graphs = [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]
            found += [inner for each in graphs for inner in nodes_of(each)]
    return found
