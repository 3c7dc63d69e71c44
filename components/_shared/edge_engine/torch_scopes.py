"""Which module an exporter took a node from, whatever call of it."""

import ast
from collections.abc import Callable
from typing import Any

import onnx

from .torch_calls import Calls, Scope

#: As dynamo notes it: the paths of the modules from the outermost on, then the node's own name.
DYNAMO_SCOPES = "pkg.torch.onnx.name_scopes"
#: A module's path and scope.
Where = tuple[str, Scope]


def is_dynamo(graph: onnx.GraphProto) -> bool:
    return any(_dynamo_scopes(node) is not None for node in graph.node)


def scope_of(node: onnx.NodeProto) -> "str | None":
    """`layer1.0.conv1` of dynamo, `/layer1/layer1.0/conv1` of torchscript; None where the node has none."""
    scopes = _dynamo_scopes(node)
    if scopes is not None:
        return scopes[-2] if len(scopes) > 1 else None
    return str(node.name).rpartition("/")[0] or None


def _dynamo_scopes(node: onnx.NodeProto) -> "list[str] | None":
    for entry in getattr(node, "metadata_props", ()):
        if entry.key == DYNAMO_SCOPES:
            return [str(each) for each in ast.literal_eval(entry.value)]
    return None


def keys_of(
    graph: onnx.GraphProto, calls: Calls, wrapper: str
) -> "tuple[Callable[[Where], Any], Callable[[onnx.NodeProto], Any]]":
    """What the calls and the nodes of one module have in common. wrapper: as `layer_tensors` wants it."""
    if is_dynamo(graph):
        return lambda where: ".".join(filter(None, (wrapper, where[0]))), scope_of
    known = {scope[:end] for scopes in calls.scopes.values() for scope in scopes for end in range(1, len(scope) + 1)}
    return lambda where: where[1], lambda node: _scope_called(node, known, wrapper)


def _scope_called(node: onnx.NodeProto, known: "set[Scope]", wrapper: str) -> "Scope | None":
    """torchscript calls the second call of `conv` `conv_1`. None where that may be a module's own name too."""
    root, *atoms = str(node.name).split("/")[:-1] or ["?"]
    if wrapper and atoms[:1] != [wrapper]:
        return None
    scope: Scope = ()
    for atom in atoms[1:] if wrapper else atoms:
        name, _, number = atom.rpartition("_")
        again = (*scope, name)
        is_again = number.isnumeric() and again in known
        if is_again == ((*scope, atom) in known):
            return None
        scope = again if is_again else (*scope, atom)
    return scope if root == "" else None
