"""Names for tensors inside the exported graph, so that validation can look at them.

While torch traces, the model also returns them; afterwards they are taken out of the graph's outputs again. The graph
that ships has the interface and the nodes that it would have without this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import onnx
import torch

from .evaluate import flat
from .forward_hooks import HookedHead, forward_hooks
from .pre_nms import pre_nms
from .traced_functions import TracedFunctions, traced_functions
from .traced_layers import traced_inputs

#: Behind one of them, which row stands where is chance where scores tie: values cannot be compared by place.
CHOOSING = ("TopK", "NonMaxSuppression")


@dataclass
class Traced:
    """What a trace has seen: names of tensors inside the graph, in the order of its last outputs, and functions."""

    names: list[str] = field(default_factory=list)
    functions: TracedFunctions = field(default_factory=TracedFunctions)

    @staticmethod
    def of(data: Any) -> "Traced":
        """data: as `dataclasses.astuple` gives it."""
        names, functions = data
        return Traced(names, TracedFunctions(*functions))


@contextmanager
def returning_intermediate(model: Any, heads: list[HookedHead]) -> Iterator[Traced]:
    """While in force, the model returns what its heads and its suppression get, too. Fills what it yields, once run."""
    traced = Traced()
    forward = model.forward

    def both(*args: Any, **kwargs: Any) -> tuple[torch.Tensor, ...]:
        with (
            forward_hooks(model, heads) as captured,
            pre_nms() as boxes,
            traced_inputs(model) as layers,
            traced_functions(model) as functions,
        ):
            outputs = flat(forward(*args, **kwargs))
        intermediate = {**captured.tensors(), **boxes, **layers}
        traced.names, traced.functions = list(intermediate), functions
        return (*outputs, *intermediate.values())

    model.forward = both
    try:
        yield traced
    finally:
        model.forward = forward


def hide_intermediate(graph: onnx.GraphProto, names: list[str]) -> dict[str, str]:
    """The last outputs become intermediate tensors of these names. Returns why one could not be named."""
    shown = [value.name for value in graph.output[: len(graph.output) - len(names)]]
    hidden = [value.name for value in graph.output[len(shown) :]]
    del graph.output[len(shown) :]
    taken = {*shown, *(value.name for value in graph.input), *(each.name for each in graph.initializer)}
    sources = _without_identities(graph, [output for output in hidden if output not in taken])
    chosen = _chosen_rows(graph)
    left_out: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for output, name in zip(hidden, names):
        intermediate = sources.get(output, output)
        if intermediate in taken or intermediate in renamed:
            left_out[name] = "it is itself an input, an output or a constant of the graph"
        elif intermediate in chosen:
            left_out[name] = (
                f"the order of its rows is arbitrary for equal scores: it comes after {chosen[intermediate]}"
            )
        else:
            renamed[intermediate] = name
    _rename(graph, renamed)
    return left_out


def _without_identities(graph: onnx.GraphProto, outputs: list[str]) -> dict[str, str]:
    """torch writes an Identity for a tensor that is returned twice: the second name is of no use to anyone."""
    used = {name for node in graph.node for name in node.input}
    sources: dict[str, str] = {}
    for node in list(graph.node):
        if node.op_type == "Identity" and node.output[0] in outputs and node.output[0] not in used:
            sources[node.output[0]] = node.input[0]
            graph.node.remove(node)
    return sources


def _chosen_rows(graph: onnx.GraphProto) -> dict[str, str]:
    """Tensors behind an operator that picks rows by their scores, and that operator."""
    chosen: dict[str, str] = {}
    for node in graph.node:
        before = next((chosen[name] for name in node.input if name in chosen), None)
        operator = node.op_type if node.op_type in CHOOSING else before
        if operator is not None:
            chosen.update(dict.fromkeys(node.output, operator))
    return chosen


def _rename(graph: onnx.GraphProto, renamed: dict[str, str]) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name in renamed:
                    names[index] = renamed[name]
        for attribute in node.attribute:
            for subgraph in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
                _rename(subgraph, renamed)
    for value in graph.value_info:
        value.name = renamed.get(value.name, value.name)
