"""Functions of one number that a network calls: as it runs, and as torch traces it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from edge_engine.torch_calls import Calls, Scope
from edge_engine.torch_functions import OPERATOR, Called, Compute, FunctionCalls, function_of
from edge_engine.torch_scopes import Where

#: Before the name of an operator in a trace; and the node that is a module's call.
ATEN, MODULE = "aten::", "prim::TracedModuleForward"
#: A module's path, and the operator that exporters have for a function.
Group = tuple[str, str]
Groups = Mapping[Group, Sequence[Called]]


@dataclass
class NotedFunctions:
    """Of one run, in the order of their calls. Those of a trace can be pickled."""

    modules: Calls = field(default_factory=Calls)
    calls: list[tuple[Where, Called]] = field(default_factory=list)

    def by_module(self) -> Groups:
        groups: dict[Group, list[Called]] = defaultdict(list)
        for (path, _), call in self.calls:
            groups[path, call.operator].append(call)
        return groups


@dataclass(frozen=True)
class Operator:
    """One of torch's, which itself cannot be pickled."""

    name: str

    def __call__(self, *args: Any) -> Any:
        return getattr(torch.ops.aten, self.name)(*args)


@contextmanager
def noted_functions(model: torch.nn.Module) -> Iterator[NotedFunctions]:
    """While in force, a run of the model fills what it yields.

    Not inside MMDeploy's rewriting: torch would call what is rewritten twice.
    """
    noted = NotedFunctions()
    functions = FunctionCalls(lambda: noted.modules.here[0], lambda: noted.modules.here)
    with noted.modules.watched(model), functions:
        yield noted
    noted.calls = functions.calls


@contextmanager
def traced_functions(model: torch.nn.Module) -> Iterator[NotedFunctions]:
    """The same inside of a trace. Reads what torch has noted there, and so changes nothing in it."""
    noted = NotedFunctions()
    with noted.modules.watched(model):
        yield noted
    paths = {scope: path for path, scopes in noted.modules.scopes.items() for scope in scopes}
    for scope, node in _operators(torch._C._get_tracing_state().graph(), ()):
        path = paths.get(scope, "")
        noted.calls.append(((path, scope), _called(node, path)))


def _operators(block: Any, scope: Scope) -> Iterator[tuple[Scope, Any]]:
    """Those that may be functions of one number, and the scopes of their modules, in the order of the calls."""
    for node in block.nodes():
        if node.kind() == MODULE:
            # The outermost has no name.
            name = node.s("scope").rpartition("::")[2]
            for inner in node.blocks():
                yield from _operators(inner, (*scope, name) if name else scope)
        elif node.kind().startswith(ATEN) and _name(node) in OPERATOR:
            yield scope, node


def _called(node: Any, path: str) -> Called:
    name = _name(node)
    first, *others = node.inputs()
    function = None
    if first.type().scalarType() == "Float" and all(each.node().kind() == "prim::Constant" for each in others):
        compute = Compute(Operator(name), [each.toIValue() for each in others])
        function = function_of(name, path, compute, first.type().dim())
    return Called(OPERATOR[name], function)


def _name(node: Any) -> str:
    """Those in place end in `_`."""
    return str(node.kind()).removeprefix(ATEN).rstrip("_")
