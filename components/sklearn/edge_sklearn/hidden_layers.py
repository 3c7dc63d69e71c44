"""What the hidden layers of scikit-learn's networks get, as references: a wrong weight shows right behind it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx

from edge_engine.layer_samples import CASES, VECTORS, LayerReferences, Sampling
from edge_engine.layer_samples import Arrays as Samples
from edge_engine.references import References
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron
from sklearn.pipeline import Pipeline

from .columns import Arrays
from .source import Source, narrowed

SAMPLING = Sampling(1, VECTORS, (1, 1))


class HiddenLayers:
    """Collects samples of an `MLPClassifier` or `MLPRegressor`, also at the end of a pipeline; of all others none."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._references = LayerReferences()
        self._network = source.model[-1] if isinstance(source.model, Pipeline) else source.model
        self._left = CASES if isinstance(self._network, BaseMultilayerPerceptron) else 0
        self._narrow = narrowed(source.model) if self._left else None

    def add(self, case: str, arrays: Arrays) -> None:
        """As far as more cases are needed."""
        if self._left == 0:
            return
        self._left -= 1
        table = self._source.columns.table
        single = _given(self._narrow, table(arrays, "float32"), np.float32)
        self._references.add(case, single, _given(self._source.model, table(arrays, "float64"), np.float64))

    def attach(self, references: References, graph: onnx.GraphProto) -> None:
        """Adds the samples of the layers that the graph has."""
        if self._narrow is None:
            return
        tensors = _inputs_of(graph, [tuple(weights.shape) for weights in self._network.coefs_])
        self._references.attach(references, dict.fromkeys(tensors, SAMPLING), tensors)


def _given(model: Any, table: Any, dtype: type) -> Samples:
    """What each layer gets, by the layer's name: the first few rows."""
    is_pipeline = isinstance(model, Pipeline)
    rows = model[:-1].transform(table) if is_pipeline and len(model) > 1 else table
    network = model[-1] if is_pipeline else model
    dense = rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)
    activations = network._forward_pass([dense.astype(dtype), *[None] * len(network.coefs_)])
    return {_name(at): SAMPLING.of(each).astype(dtype) for at, each in enumerate(activations[:-1])}


def _inputs_of(graph: onnx.GraphProto, shapes: Sequence[tuple[int, ...]]) -> dict[str, str]:
    """By a layer's name the tensor that it gets: none where the products with weights are not those of the layers."""
    stored = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMul" and node.input[1] in stored]
    if [stored[node.input[1]] for node in products] != list(shapes):
        return {}
    inside = {output for node in graph.node for output in node.output}
    return {_name(at): node.input[0] for at, node in enumerate(products) if node.input[0] in inside}


def _name(at: int) -> str:
    return f"coefs_[{at}]"
