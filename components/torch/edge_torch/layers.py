"""What the layers of the source get, in a few cases, as references."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from edge_engine.failure import last_line
from edge_engine.functions import attach_functions
from edge_engine.layer_samples import CASES, Arrays, LayerReferences
from edge_engine.references import References
from edge_engine.tables import attach_tables, stored_in
from edge_engine.torch_calls import Calls
from edge_engine.torch_functions import FunctionCalls, places
from edge_engine.torch_layers import LayerSamples
from edge_engine.torch_scopes import keys_of
from edge_engine.torch_weights import weights_of
from edge_engine.weights import attach_weights

from .cases import Case
from .layer_tensors import LAYERS, layer_tensors
from .plain_branches import forget_compiled
from .source import FAILED, Results, Source

#: Without hooks these compute in another way than with them, and than a graph does.
WITH_FAST_PATH = (torch.nn.MultiheadAttention, torch.nn.TransformerEncoderLayer, torch.nn.TransformerEncoder)


class SourceLayers:
    """Collects samples of layers of torch's own kinds; a program and TorchScript give none."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.references = LayerReferences()
        self.samples = LayerSamples(LAYERS)
        #: Of the first case.
        self.calls: Calls | None = None
        self.functions: FunctionCalls | None = None
        self._left = CASES if _has_layers(source.call.module) else 0
        parts = source.call.module.modules() if self._left else ()
        self._apart = any(isinstance(part, WITH_FAST_PATH) for part in parts)

    def answer(self, case: Case) -> "tuple[Results, Results | None]":
        """In float32 and in float64, in some cases with samples of the layers. Raises what the source raises."""
        wanted = self._left > 0 and case.kind == "random"
        if not wanted or self._apart:
            results = self._plain(case)
        if not wanted:
            return results
        try:
            sampled = self._sampled(case)
        except FAILED as error:
            forget_compiled()
            results = self._plain(case)
            # What a hook cannot look into, as compiled code, has no layers.
            print(f"no layers are compared: {last_line(error)[:200]}", flush=True)
            self._left = 0
            return results
        self._left -= 1
        return results if self._apart else sampled

    def attach(self, references: References, graph: onnx.GraphProto, wrapper: str) -> dict[str, int]:
        """Adds samples of layers that the graph has, functions and weights. wrapper: as `layer_tensors` wants it.

        Says how many layers there are, and how many are compared.
        """
        tensors: dict[str, str] = {}
        if self.calls is not None and self.source.fp64_problem is None:
            tensors = layer_tensors(graph, self.source.call.module, self.calls, wrapper)
            self.references.attach(references, self.samples.samplings, tensors)
            if (case := self.references.cheapest) is not None:
                attach_tables(references, case, graph, _tables(self.source.call.module, self.calls))
        self._attach_functions(references, graph, wrapper)
        if (case := references.first_case) is not None:
            attach_weights(references, case, stored_in(graph), weights_of(self.source.call.module))
        return {"source": len(self.samples.samplings), "compared": len(references.layers)}

    def _attach_functions(self, references: References, graph: onnx.GraphProto, wrapper: str) -> None:
        case = references.first_case
        if self.calls is None or self.functions is None or case is None:
            return
        key_of_call, key_of_node = keys_of(graph, self.calls, wrapper)
        calls = [(key_of_call(where), call) for where, call in self.functions.calls]
        attach_functions(references, case, places(graph, calls, key_of_node))

    def _plain(self, case: Case) -> "tuple[Results, Results | None]":
        return self.source.single(case.arrays), self.source.exact(case.arrays)

    def _sampled(self, case: Case) -> "tuple[Results, Results | None]":
        module, calls = self.source.call.module, Calls()
        functions = FunctionCalls(lambda: calls.here[0], lambda: calls.here)
        is_first = self.calls is None
        with self.samples.taken(module) as single, ExitStack() as watched:
            if is_first:
                watched.enter_context(calls.watched(module))
                watched.enter_context(functions)
            results = self.source.single(case.arrays)
        if is_first:
            self.calls, self.functions = calls, functions
        with _taken(self.samples, self.source.wide()) as double:
            exact = self.source.exact(case.arrays)
        self.references.add(case.name, single, double)
        return results, exact


def _has_layers(module: Any) -> bool:
    if not isinstance(module, torch.nn.Module) or isinstance(module, (torch.jit.ScriptModule, torch.fx.GraphModule)):
        return False
    parts = list(module.modules())
    # torch.compile's.
    if any(type(part).__name__ == "OptimizedModule" for part in parts):
        return False
    return any(isinstance(part, LAYERS) for part in parts)


def _tables(module: torch.nn.Module, calls: Calls) -> "dict[str, NDArray[np.float32]]":
    """Of the embeddings that are called, by their paths; not of one that changes its rows as it is read."""
    found = {path: module.get_submodule(path) for path in calls.scopes if path}
    return {
        path: layer.weight.detach().cpu().numpy()
        for path, layer in found.items()
        if isinstance(layer, torch.nn.Embedding) and layer.max_norm is None and layer.weight.dtype == torch.float32
    }


@contextmanager
def _taken(samples: LayerSamples, module: Any) -> Iterator[Arrays]:
    if module is None:
        yield {}
        return
    with samples.taken(module) as values:
        yield values
