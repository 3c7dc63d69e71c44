"""Which tensor of the ONNX a layer gets, by the names that tf2onnx keeps of the source's tensors.

Only what is beyond doubt: a tensor has one name in both graphs, an operator of the layer's kind reads it in both, and
between the two stands at most what moves values and changes none. The operator's own definition says which axis holds
the channels, whatever transpositions were moved about before it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .graph_nodes import full_name, nodes_of
from .layer_kinds import KINDS, Kind, layer_name

#: Give what they are given.
_SAME = frozenset({"Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot"})
#: What tf2onnx may make part of the convolution behind it.
_JOINED = frozenset({"Pad", "PadV2", "SpaceToBatchND"})


@dataclass(frozen=True)
class LayerInput:
    """layer: its name, for people. source: its input in the source, as `name:0`. tensor: the same in the ONNX."""

    layer: str
    source: str
    tensor: str
    #: Channels are second in the ONNX, and last in the source where `is_moved`.
    is_map: bool
    is_moved: bool


def layer_inputs(raw: Any, graph: Any) -> list[LayerInput]:
    """raw: a GraphDef before anything was folded, or None. In the order of the ONNX; each layer and tensor once."""
    if raw is None:
        return []
    sources = _sources(raw)
    makers = {output: node for node in graph.node for output in node.output}
    shown = {value.name for value in graph.output}
    found: dict[str, LayerInput] = {}
    for node in nodes_of(graph):
        if node.op_type not in _OPERATORS or any(entry.name == "transA" and entry.i for entry in node.attribute):
            continue
        for kind in dict.fromkeys(KINDS.values()):
            name = _named(node, kind, sources, makers)
            if name is None:
                continue
            operator, source, is_moved = sources[kind, name]
            tensor = name if kind.is_named else str(node.input[0])
            if tensor in makers and tensor not in shown and tensor not in found:
                layer = layer_name(operator, {each.layer for each in found.values()})
                found[tensor] = LayerInput(layer, source, tensor, kind.is_map, is_moved)
    return list(found.values())


_OPERATORS = frozenset(operator for kind in KINDS.values() for operator in kind.operators)
#: By a kind of layer and a name of its input: the layer's operator, that input, and whether channels are last in it.
Sources = dict[tuple[Kind, str], tuple[str, str, bool]]


def _sources(raw: Any) -> Sources:
    nodes = {node.name: node for node in raw.node}
    found: Sources = {}
    for node in raw.node:
        kind = KINDS.get(node.op)
        if kind is None or not _multiplies_rows(node):
            continue
        given = full_name(node.input[kind.place])
        if _loses_blocks(given, nodes):
            continue
        is_moved = kind.is_map and not node.attr["data_format"].s.startswith(b"NC")
        for name in _same(given, nodes):
            found.setdefault((kind, name), (node.name, given, is_moved))
        before = _maker(given, nodes)
        if kind.is_map and before is not None and before.op in _JOINED:
            given = full_name(before.input[0])
            for name in _same(given, nodes):
                found.setdefault((kind, name), (node.name, given, is_moved))
    return found


def _multiplies_rows(node: Any) -> bool:
    """Whether a product takes its first operand as it is, with what it sums over at its end."""
    if node.op != "Einsum":
        return not any(node.attr[key].b for key in ("transpose_a", "adj_x") if key in node.attr)
    operands, _, result = node.attr["equation"].s.decode().replace(" ", "").partition("->")
    first, _, second = operands.partition(",")
    kept = [axis for axis in first if axis in result]
    return bool(second) and first.startswith("".join(kept)) and result.startswith("".join(kept))


def _loses_blocks(name: str, nodes: Mapping[str, Any]) -> bool:
    """A dilated convolution along one axis: tf2onnx takes the blocks away before an ExpandDims that keeps its name."""
    node = _maker(name, nodes)
    before = _maker(full_name(node.input[0]), nodes) if node is not None and node.op == "ExpandDims" else None
    return before is not None and before.op == "SpaceToBatchND"


def _same(name: str, nodes: Mapping[str, Any]) -> Iterator[str]:
    """All names of a tensor."""
    yield name
    node = _maker(name, nodes)
    while node is not None and node.op in _SAME:
        name = full_name(node.input[int(name.rpartition(":")[2])])
        yield name
        node = _maker(name, nodes)


def _maker(name: str, nodes: Mapping[str, Any]) -> Any:
    return nodes.get(name.rpartition(":")[0])


def _named(node: Any, kind: Kind, sources: Sources, makers: Mapping[str, Any]) -> str | None:
    """Of what an operator of the ONNX gets, the name that a layer of the kind has for it; None where it has none."""
    if node.op_type not in kind.operators:
        return None
    name = str(node.input[0])
    while (kind, name) not in sources:
        maker = makers.get(name)
        if maker is None or maker.op_type not in kind.through:
            return None
        name = str(maker.input[0])
    return name
