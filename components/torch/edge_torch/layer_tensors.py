"""Which tensor of the graph a layer gets, by where the exporter says that it took the layer's operator from.

Only what is beyond doubt: a layer that is called once, whose operator stands alone in its scope and takes a tensor of
another scope as it is. A layer that the exporter joined with others is not found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import onnx
import torch

from edge_engine.torch_calls import Calls, Scope
from edge_engine.torch_layers import CONVOLUTION, NORMS
from edge_engine.torch_scopes import is_dynamo, scope_of

RECURRENT = (torch.nn.RNNBase,)
NORMALISING = (*NORMS, torch.nn.LayerNorm, *([torch.nn.RMSNorm] if hasattr(torch.nn, "RMSNorm") else []))
#: The operators that a layer of a kind may be, by whose first input it is known.
OPERATORS: "tuple[tuple[tuple[type, ...], tuple[str, ...]], ...]" = (
    ((CONVOLUTION,), ("Conv", "ConvTranspose")),
    ((torch.nn.Linear,), ("Gemm", "MatMul")),
    (RECURRENT, ("LSTM", "GRU", "RNN")),
    (
        NORMALISING,
        ("BatchNormalization", "LayerNormalization", "GroupNormalization", "InstanceNormalization", "RMSNormalization"),
    ),
)
LAYERS = tuple(kind for kinds, _ in OPERATORS for kind in kinds)
Nodes = Mapping[str, Sequence[onnx.NodeProto]]


def layer_tensors(graph: onnx.GraphProto, module: torch.nn.Module, calls: Calls, wrapper: str) -> dict[str, str]:
    """By the path of a layer, the tensor that it gets. wrapper: the path of the module in what was exported, or ''."""
    nodes: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    makers: dict[str, onnx.NodeProto] = {}
    for node in graph.node:
        makers |= {output: node for output in node.output}
        if (scope := scope_of(node)) is not None:
            nodes[scope].append(node)
    scopes = dict(_scopes(calls, wrapper, dynamo=is_dynamo(graph)))
    shown = {value.name for value in graph.output}
    found: dict[str, str] = {}
    for path, scope in scopes.items():
        layer = module.get_submodule(path)
        if not isinstance(layer, LAYERS):
            continue
        # A layer that was joined with its norm may have the norm's scope.
        norm = scopes.get(calls.norms[path]) if path in calls.norms else None
        own = nodes.get(scope) or (nodes.get(norm, []) if norm is not None else [])
        tensor = _input_of(layer, own, makers)
        if tensor in makers and tensor not in shown and tensor not in found.values():
            found[path] = tensor
    return found


def _scopes(calls: Calls, wrapper: str, dynamo: bool) -> Iterator["tuple[str, str]"]:
    """Modules that are called once, each with the scope that it alone has in the graph."""
    once = {path: scopes[0] for path, scopes in calls.scopes.items() if len(scopes) == 1}
    if dynamo:
        yield from ((path, ".".join(filter(None, (wrapper, path)))) for path in once)
        return
    all_scopes = [scope for scopes in calls.scopes.values() for scope in scopes]
    many, prefixes = Counter(all_scopes), {scope[:length] for scope in all_scopes for length in range(len(scope) + 1)}
    for path, scope in once.items():
        if many[scope] == 1 and not any(_may_be_repeated(scope[:end], prefixes) for end in range(1, len(scope) + 1)):
            yield path, "/" + "/".join((wrapper, *scope) if wrapper else scope)


def _may_be_repeated(scope: Scope, prefixes: "set[Scope]") -> bool:
    """torchscript calls the second call of `conv` `conv_1`, which may be a module's own name too."""
    name, _, number = scope[-1].rpartition("_")
    return number.isnumeric() and (*scope[:-1], name) in prefixes


def _input_of(
    layer: torch.nn.Module, nodes: Sequence[onnx.NodeProto], makers: Mapping[str, onnx.NodeProto]
) -> "str | None":
    operators = next((names for kinds, names in OPERATORS if isinstance(layer, kinds)), ())
    own = [node for node in nodes if node.op_type in operators]
    if not own or (len(own) > 1 and not isinstance(layer, RECURRENT)):
        return None
    attributes = {entry.name: onnx.helper.get_attribute_value(entry) for entry in own[0].attribute}
    if attributes.get("transA") or not _pads_as(layer, attributes):
        return None
    inside = {output for node in nodes for output in node.output}
    tensor = str(own[0].input[0])
    if isinstance(layer, RECURRENT) and layer.batch_first:
        if tensor not in inside or makers[tensor].op_type != "Transpose":
            return None
        tensor = str(makers[tensor].input[0])
    return None if tensor in inside else tensor


def _pads_as(layer: torch.nn.Module, attributes: Mapping[str, Any]) -> bool:
    """An exporter may join a Pad before a convolution with it, which then gets another tensor."""
    if not isinstance(layer, CONVOLUTION) or layer.transposed:
        return True
    both = layer._reversed_padding_repeated_twice[::-1]
    return list(attributes.get("pads", [0] * len(both))) == [*both[1::2], *both[::2]]
