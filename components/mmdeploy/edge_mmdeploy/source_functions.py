"""Functions of one number that a network calls: where its graph has them, and what the source has in their place."""

from collections.abc import Iterator, Sequence

import onnx
import torch

from edge_engine.functions import attach_functions
from edge_engine.references import References
from edge_engine.torch_functions import Called, places
from edge_engine.torch_scopes import Where, keys_of

from .traced_functions import Groups, NotedFunctions


def attach_source_functions(
    references: References,
    graph: onnx.GraphProto,
    traced: NotedFunctions,
    source: tuple[torch.nn.Module, NotedFunctions],
) -> dict[str, int]:
    """source: the model that MMDeploy has not rewritten, and what it calls up to its heads.

    Says how many functions there are, and how many are compared: MMDeploy may have rewritten one to something else, and
    an exporter may have several operators for one.
    """
    rewritten, own = traced.by_module(), _of_plain_modules(*source)
    of_call, of_node = keys_of(graph, traced.modules, "")
    calls = [(of_call(where), call) for where, call in _as_source(traced, rewritten, own)]
    if (case := references.first_case) is not None:
        attach_functions(references, case, places(graph, calls, of_node))
    counts = [max(_known(groups.get(name, ())) for groups in (rewritten, own)) for name in {*rewritten, *own}]
    return {"source": sum(counts), "compared": len(references.functions)}


def _of_plain_modules(model: torch.nn.Module, noted: NotedFunctions) -> Groups:
    """Of those that have no others inside, as activations have.

    Elsewhere a bound may hang on the size of the picture, and MMDeploy's rewriting may be another way to the same.
    """
    plain = {path for path, module in model.named_modules() if not list(module.children())}
    return {group: calls for group, calls in noted.by_module().items() if group[0] in plain}


def _as_source(traced: NotedFunctions, rewritten: Groups, own: Groups) -> Iterator[tuple[Where, Called]]:
    """In the traced order, the source's own functions where a module calls as many as the rewritten one."""
    same = {group: iter(calls) for group, calls in own.items() if len(rewritten.get(group, ())) == len(calls)}
    for where, call in traced.calls:
        group = (where[0], call.operator)
        yield where, next(same[group]) if group in same else call


def _known(calls: Sequence[Called]) -> int:
    return sum(call.function is not None for call in calls)
