"""One graph, one file: tf2onnx counts names through sets, whose order differs from run to run, and sorts by them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import onnx

#: What tf2onnx ends a name with that it makes up, and the address that it calls an einsum by.
COUNTER = re.compile(r"__\d+|(?<=^einsum)\d+")


def stabilise(model: onnx.ModelProto, given: Iterable[str]) -> None:
    """Puts nodes in the order in which the outputs need them, recounts tf2onnx's names by it, and sorts the weights.

    given: the names of the source's nodes and tensors, kept with all that they have of numbers, as are the model's
    inputs and outputs.
    """
    graph = model.graph
    order_nodes(graph)
    ports = [value.name for value in [*graph.input, *graph.output]]
    names = _Names([*given, *ports])
    _rename(graph, names)


def given_names(graph: Any) -> list[str]:
    """Of a GraphDef: those of its nodes and of its functions'."""
    inner = [node for function in graph.library.function for node in function.node_def]
    return [node.name for node in [*graph.node, *inner]]


class _Names:
    def __init__(self, given: Iterable[str]) -> None:
        met = [(name, match) for name in given for match in COUNTER.finditer(name)]
        self._given = {name[: match.end()] for name, match in met}
        self._taken = {match[0] for _, match in met}
        self._numbers: dict[str, str] = {}
        self._count = 0

    def new(self, name: str) -> str:
        """The same name with its counter by first use; no two names become one."""

        def number(match: re.Match[str]) -> str:
            if name[: match.end()] in self._given:
                return match[0]
            if match[0] not in self._numbers:
                self._numbers[match[0]] = self._next()
            return self._numbers[match[0]]

        return COUNTER.sub(number, name)

    def _next(self) -> str:
        """A number that no given name has."""
        while True:
            self._count += 1
            if f"__{self._count}" not in self._taken:
                return f"__{self._count}"


def _inner(node: Any) -> Iterator[Any]:
    for attribute in node.attribute:
        yield from [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]


def order_nodes(graph: Any) -> list[str]:
    """Each node after what it needs, from the first output on. Gives the names that the graph has from outside."""
    nodes = list(graph.node)
    needs = [[*node.input, *(name for each in _inner(node) for name in order_nodes(each))] for node in nodes]
    makers = {name: at for at, node in enumerate(nodes) for name in node.output if name}
    wanted = [makers[value.name] for value in graph.output if value.name in makers]
    order: dict[int, None] = {}
    for root in [*wanted, *range(len(nodes))]:
        stack = [(root, False)]
        while stack:
            at, is_ready = stack.pop()
            if at in order:
                continue
            if is_ready:
                order[at] = None
                continue
            before = [makers[name] for name in needs[at] if name in makers]
            stack += [(at, True), *((each, False) for each in reversed(before))]
    del graph.node[:]
    graph.node.extend(nodes[at] for at in order)
    own = {*makers, *(value.name for value in graph.input), *(tensor.name for tensor in graph.initializer)}
    used = [*(name for at in order for name in needs[at]), *(value.name for value in graph.output)]
    return [name for name in dict.fromkeys(used) if name and name not in own]


def _rename(graph: Any, names: _Names) -> None:
    for value in [*graph.input, *graph.output]:
        value.name = names.new(value.name)
    for node in graph.node:
        for field in (node.input, node.output):
            field[:] = [names.new(name) for name in field]
        node.name = names.new(node.name)
        for each in _inner(node):
            _rename(each, names)
    # No node has those that are left: what they hold says their order.
    weights = sorted(graph.initializer, key=lambda each: (COUNTER.sub("", each.name), each.raw_data))
    for tensor in weights:
        tensor.name = names.new(tensor.name)
    del graph.initializer[:]
    graph.initializer.extend(sorted(weights, key=lambda each: each.name))
    graph.name = names.new(graph.name)
    for value in graph.value_info:
        value.name = names.new(value.name)
    for value in [*graph.input, *graph.output, *graph.value_info]:
        for axis in value.type.tensor_type.shape.dim:
            if axis.dim_param:
                axis.dim_param = names.new(axis.dim_param)
