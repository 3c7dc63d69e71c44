"""What the layers of the source get, in a few cases, as references."""

from collections.abc import Sequence
from typing import Any

import onnx
import tensorflow as tf

from edge_engine.failure import last_line
from edge_engine.functions import attach_functions
from edge_engine.layer_samples import CASES, LayerReferences, Sampling, sampling_of
from edge_engine.references import References
from edge_engine.tables import attach_tables, stored_in
from edge_engine.weights import attach_weights

from .evaluate import Evaluator
from .functions import function_places
from .layer_kinds import KINDS
from .layer_tensors import LayerInput
from .looked_up import looked_up
from .ports import Arrays, in_double
from .source import GraphRunner, Run
from .stored_weights import weights_of

#: A layer without a batch is not sampled.
LEAST_AXES = 2


class SourceLayers:
    """Collects samples of what layers get; none where the graph has no float64."""

    def __init__(self, evaluator: Evaluator, inputs: Sequence[LayerInput]) -> None:
        self._evaluator = evaluator
        self._inputs = {each.layer: each for each in inputs}
        self._samplings: dict[str, Sampling] = {}
        self._runs: tuple[Run, Run] | None = None
        self._references = LayerReferences()
        self._left = CASES if inputs else 0

    def add(self, case: str, arrays: Arrays) -> None:
        """A case in the source's layout, as far as more are needed."""
        graphs = self._evaluator.graphs
        if graphs is None or self._left == 0:
            return
        self._left -= 1
        try:
            self._runs = self._runs or self._sampled(graphs, arrays)
            single, double = self._runs[0](arrays), self._runs[1](in_double(arrays))
        except (tf.errors.OpError, ValueError, TypeError) as error:
            print(f"no layers are compared: {last_line(error)[:200]}", flush=True)
            self._left = 0
            return
        self._references.add(case, single, double)

    def attach(self, references: References, graph: onnx.GraphProto) -> dict[str, int]:
        """Adds the samples, tables that the graph looks up, functions and weights.

        Says how many layers the source has, and how many are compared.
        """
        tensors = {layer: self._inputs[layer].tensor for layer in self._samplings}
        self._references.attach(references, self._samplings, tensors)
        raw = self._evaluator.source.raw
        if (case := self._references.cheapest) is not None:
            attach_tables(references, case, graph, looked_up(raw))
        if (first := references.first_case) is not None:
            attach_functions(references, first, function_places(raw, graph))
            attach_weights(references, first, stored_in(graph), weights_of(raw))
        known = 0 if raw is None else sum(node.op in KINDS for node in raw.node)
        return {"source": known, "compared": len(references.layers)}

    def _sampled(self, graphs: tuple[GraphRunner, GraphRunner], arrays: Arrays) -> tuple[Run, Run]:
        """The same places in each case, by the shapes of the first one. By layer."""
        names = {layer: each.source for layer, each in self._inputs.items()}
        shapes = graphs[0].seen(names, lambda layer, tensor: tf.shape(self._turned(layer, tensor)))(arrays)
        self._samplings = {
            layer: sampling_of(shape.tolist(), 1 if self._inputs[layer].is_map else len(shape) - 1)
            for layer, shape in shapes.items()
            if len(shape) >= LEAST_AXES
        }
        kept = {layer: names[layer] for layer in self._samplings}
        single, double = (graph.seen(kept, self._sample) for graph in graphs)
        return single, double

    def _sample(self, layer: str, tensor: Any) -> Any:
        return self._samplings[layer].of(self._turned(layer, tensor))

    def _turned(self, layer: str, tensor: Any) -> Any:
        """As the ONNX has it."""
        if not self._inputs[layer].is_moved:
            return tensor
        rank = tensor.shape.rank
        return tf.transpose(tensor, [0, rank - 1, *range(1, rank - 1)])
