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
#: What a constant in a trace may be.
Constant = bool | int | float | str | None
PLAIN = (bool, int, float, str, type(None))
#: A module's path, and the operator that exporters have for a function.
Group = tuple[str, str]
Groups = Mapping[Group, Sequence[Called]]


@dataclass
class NotedFunctions:
    """Of one run, in the order of their calls."""

    modules: Calls = field(default_factory=Calls)
    calls: list[tuple[Where, Called]] = field(default_factory=list)

    def by_module(self) -> Groups:
        groups: dict[Group, list[Called]] = defaultdict(list)
        for (path, _), call in self.calls:
            groups[path, call.operator].append(call)
        return groups


@dataclass
class TracedFunctions:
    """The same of a trace, in plain data: it comes from another process."""

    scopes: dict[str, list[Scope]] = field(default_factory=dict)
    #: Path and scope of the module, name of the function, its other arguments, and axes of what it takes. None for the
    #: arguments of what is not a function of numbers alone.
    calls: list[tuple[str, Scope, str, list[Constant] | None, int]] = field(default_factory=list)

    def noted(self) -> NotedFunctions:
        noted = NotedFunctions()
        noted.modules.scopes = self.scopes
        for path, scope, name, others, axes in self.calls:
            function = None
            if others is not None:
                function = function_of(name, path, Compute(getattr(torch.ops.aten, name), others), axes)
            noted.calls.append(((path, scope), Called(OPERATOR[name], function)))
        return noted


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
def traced_functions(model: torch.nn.Module) -> Iterator[TracedFunctions]:
    """Inside of a trace. Reads what torch has noted there, and so changes nothing in it."""
    traced, modules = TracedFunctions(), Calls()
    with modules.watched(model):
        yield traced
    traced.scopes = modules.scopes
    paths = {scope: path for path, scopes in modules.scopes.items() for scope in scopes}
    for scope, node in _operators(torch._C._get_tracing_state().graph(), ()):
        traced.calls.append(
            (paths.get(scope, ""), scope, _name(node), _others(node), next(node.inputs()).type().dim() or 0)
        )


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


def _others(node: Any) -> list[Constant] | None:
    """The arguments behind the first; None where one is not known or not plain, and where the first is not float32."""
    first, *others = node.inputs()
    if first.type().scalarType() != "Float" or any(each.node().kind() != "prim::Constant" for each in others):
        return None
    values = [each.toIValue() for each in others]
    return values if all(isinstance(each, PLAIN) for each in values) else None


def _name(node: Any) -> str:
    """Those in place end in `_`."""
    return str(node.kind()).removeprefix(ATEN).rstrip("_")
