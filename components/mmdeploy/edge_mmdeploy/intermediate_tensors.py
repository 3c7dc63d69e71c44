"""Names for tensors inside the exported graph, so that validation can look at them.

While torch traces, the model also returns them; afterwards they are taken out of the graph's outputs again. The graph
that ships has the interface and the nodes that it would have without this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx
import torch

from .evaluate import flat
from .forward_hooks import HookedHead, forward_hooks
from .pre_nms import pre_nms

#: Behind one of them, which row stands where is chance where scores tie: values cannot be compared by place.
CHOOSING = ("TopK", "NonMaxSuppression")


@contextmanager
def returning_intermediate(model: Any, heads: list[HookedHead]) -> Iterator[list[str]]:
    """While in force, the model returns what its heads and its suppression get, too. Yields their names, once run."""
    names: list[str] = []
    forward = model.forward

    def both(*args: Any, **kwargs: Any) -> tuple[torch.Tensor, ...]:
        with forward_hooks(model, heads) as captured, pre_nms() as boxes:
            outputs = flat(forward(*args, **kwargs))
        intermediate = {**captured.tensors(), **boxes}
        names[:] = intermediate
        return (*outputs, *intermediate.values())

    model.forward = both
    try:
        yield names
    finally:
        model.forward = forward


def hide_intermediate(path: Path, names: list[str]) -> dict[str, str]:
    """The last outputs of the file become intermediate tensors of these names. Returns why one could not be named."""
    model = onnx.load(str(path))
    graph = model.graph
    shown = [value.name for value in graph.output[: len(graph.output) - len(names)]]
    hidden = [value.name for value in graph.output[len(shown) :]]
    del graph.output[len(shown) :]
    taken = {*shown, *(value.name for value in graph.input), *(each.name for each in graph.initializer)}
    left_out: dict[str, str] = {}
    for output, name in zip(hidden, names):
        intermediate = _without_identity(graph, output, taken)
        if intermediate in taken:
            left_out[name] = "it is itself an input, an output or a constant of the graph"
        elif chosen := _chosen_rows(graph, intermediate):
            left_out[name] = f"the order of its rows is arbitrary for equal scores: it comes after {chosen}"
        else:
            _rename(graph, intermediate, name)
            taken.add(name)
    onnx.save(model, str(path))
    return left_out


def _without_identity(graph: onnx.GraphProto, output: str, taken: set[str]) -> str:
    """torch writes an Identity for a tensor that is returned twice: the second name is of no use to anyone."""
    node = next((each for each in graph.node if output in each.output), None)
    used = any(output in each.input for each in graph.node)
    if node is None or node.op_type != "Identity" or used or output in taken:
        return output
    graph.node.remove(node)
    return str(node.input[0])


def _chosen_rows(graph: onnx.GraphProto, tensor: str) -> str | None:
    """The operator before this tensor that picks rows by their scores."""
    makers = {output: node for node in graph.node for output in node.output}
    seen: set[str] = set()
    waiting = [tensor]
    while waiting:
        node = makers.get(waiting.pop())
        if node is None or node.output[0] in seen:
            continue
        if node.op_type in CHOOSING:
            return str(node.op_type)
        seen.add(node.output[0])
        waiting += node.input
    return None


def _rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name == old:
                    names[index] = new
        for attribute in node.attribute:
            for subgraph in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
                _rename(subgraph, old, new)
    for value in graph.value_info:
        if value.name == old:
            value.name = new
