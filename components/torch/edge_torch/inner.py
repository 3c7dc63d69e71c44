"""Tensors inside the graph that the source has too: outputs of layers whose weights the graph holds unchanged.

Found by the weights, not by names: a layer that the exporter joined with another has other weights in the graph.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

#: The last ones: what lies before the outputs.
MOST = 6
LAYERS = (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)


@contextmanager
def layer_outputs(module: Any) -> Iterator["dict[str, list[torch.Tensor]]"]:
    """By the layer's name, what it gave at each call, in order of the first calls. Empty for a program and for None."""
    seen: dict[str, list[torch.Tensor]] = {}
    handles = []
    if module is not None and not isinstance(module, (torch.jit.ScriptModule, torch.fx.GraphModule)):
        for name, layer in module.named_modules():
            if isinstance(layer, LAYERS):
                handles.append(layer.register_forward_hook(_keeper(seen, name)))
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def _keeper(seen: "dict[str, list[torch.Tensor]]", name: str) -> Any:
    def keep(layer: Any, inputs: Any, output: torch.Tensor) -> None:
        seen.setdefault(name, []).append(output.detach())

    return keep


def names_in_graph(graph: onnx.GraphProto, module: Any, layers: Sequence[str]) -> dict[str, str]:
    """Of the last layers that are called once, the name of their output in the graph."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    modules = dict(module.named_modules())
    outputs = {value.name for value in graph.output}
    found: dict[str, str] = {}
    for layer in reversed(layers):
        if len(found) == MOST:
            break
        name = _output_of(graph, stored, modules[layer])
        if name is not None and name not in outputs:
            found[layer] = name
    return found


def _output_of(graph: onnx.GraphProto, stored: "dict[str, onnx.TensorProto]", layer: Any) -> "str | None":
    weight = layer.weight.detach().cpu().numpy()
    bias = None if layer.bias is None else layer.bias.detach().cpu().numpy()
    nodes = [node for node in graph.node if node.op_type in ("Gemm", "MatMul", "Conv") and len(node.input) > 1]
    own = [node for node in nodes if node.input[1] in stored and _equal(stored[node.input[1]], weight)]
    if len(own) != 1:
        return None
    (node,) = own
    if bias is None:
        return str(node.output[0])
    if node.op_type != "MatMul":
        fits = len(node.input) > 2 and node.input[2] in stored and _equal(stored[node.input[2]], bias)
        return str(node.output[0]) if fits else None
    users = [each for each in graph.node if node.output[0] in each.input]
    if len(users) != 1 or users[0].op_type != "Add":
        return None
    other = next(name for name in users[0].input if name != node.output[0])
    return str(users[0].output[0]) if other in stored and _equal(stored[other], bias) else None


def _equal(tensor: onnx.TensorProto, values: "np.ndarray[Any, Any]") -> bool:
    if int(np.prod(tensor.dims)) != values.size:
        return False
    array = numpy_helper.to_array(tensor)
    return any(
        array.shape == each.shape and np.array_equal(array, each)
        for each in (values, values.T if values.ndim == 2 else values)
    )
