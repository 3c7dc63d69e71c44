"""Operators of MMDeploy's own runtime library: no plain ONNX Runtime has them."""

from pathlib import Path

import onnx

from edge_engine.failure import Failure

STANDARD = ("", "ai.onnx")
HINT = (
    "Train the model without that layer (deformable convolution: `dcn=None` in the backbone): a device would need "
    "MMDeploy's operator library for ONNX Runtime, and such graphs cannot be checked here."
)


def check_operators(path: Path) -> None:
    """Raises Failure with the names of the operators, in nested graphs too, and removes the file then."""
    model = onnx.load(str(path), load_external_data=False)
    found = sorted({f"{node.domain}::{node.op_type}" for node in _nodes(model.graph) if node.domain not in STANDARD})
    if found:
        path.unlink()
        message = f"the graph needs operators that ONNX Runtime does not have: {', '.join(found)}"
        raise Failure("input", "custom-operators", message, HINT)


def _nodes(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    nodes = list(graph.node)
    for node in graph.node:
        for attribute in node.attribute:
            inner = [attribute.g] if attribute.HasField("g") else list(attribute.graphs)
            nodes += [each for part in inner for each in _nodes(part)]
    return nodes
