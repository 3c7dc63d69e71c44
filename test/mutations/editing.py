"""Small steps that the changes are made of."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import onnx
from onnx import helper, numpy_helper

from .registry import NotApplicable

PLACES: dict[str, float] = {"first": 0.0, "middle": 0.5, "last": 1.0}


def nodes_of(model: onnx.ModelProto, *ops: str) -> list[onnx.NodeProto]:
    found = [node for node in model.graph.node if node.op_type in ops]
    if not found:
        raise NotApplicable(f"no {' or '.join(ops)}")
    return found


def at_place(items: Sequence[Any], place: str) -> Any:
    return items[round(PLACES[place] * (len(items) - 1))]


def weighted(model: onnx.ModelProto, place: str) -> onnx.NodeProto:
    """A convolution or matrix product whose weight is stored in the file."""
    stored = {each.name for each in model.graph.initializer}
    found = [node for node in nodes_of(model, "Conv", "Gemm", "MatMul") if node.input[1] in stored]
    if len(found) < 3:
        raise NotApplicable("hardly any weights")
    return at_place(found, place)


def array(model: onnx.ModelProto, name: str) -> np.ndarray:
    return numpy_helper.to_array(_initializer(model, name)).copy()


def store(model: onnx.ModelProto, name: str, values: np.ndarray) -> None:
    _initializer(model, name).CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), name))


def reweigh(model: onnx.ModelProto, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    before = array(model, name)
    after = change(before.copy()).astype(before.dtype)
    if after.shape == before.shape and np.array_equal(after, before, equal_nan=True):
        raise NotApplicable("the change changes nothing")
    store(model, name, after)


def add_constant(model: onnx.ModelProto, name: str, values: Any, dtype: Any = np.float32) -> str:
    model.graph.initializer.append(numpy_helper.from_array(np.array(values, dtype), name))
    return name


def attribute(node: onnx.NodeProto, name: str, default: Any = None) -> Any:
    for each in node.attribute:
        if each.name == name:
            return helper.get_attribute_value(each)
    return default


def set_attribute(node: onnx.NodeProto, name: str, value: Any) -> None:
    kept = [each for each in node.attribute if each.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])


def replace(model: onnx.ModelProto, node: onnx.NodeProto, *new: onnx.NodeProto) -> None:
    at = next(index for index, each in enumerate(model.graph.node) if each == node)
    before = list(model.graph.node)
    after = [*before[:at], *new, *before[at + 1 :]]
    # Copies: clearing the list frees the nodes that it holds.
    fresh = [onnx.NodeProto.FromString(each.SerializeToString()) for each in after]
    del model.graph.node[:]
    model.graph.node.extend(fresh)


def behind(model: onnx.ModelProto, node: onnx.NodeProto, *new: onnx.NodeProto) -> None:
    """New nodes after `node`: its first output is `<name>.before` from now on, and the last new node gives the name."""
    own = onnx.NodeProto.FromString(node.SerializeToString())
    own.output[0] = f"{node.output[0]}.before"
    replace(model, node, own, *new)


def op(kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, list(inputs), [output], **attributes)


def _initializer(model: onnx.ModelProto, name: str) -> onnx.TensorProto:
    for each in model.graph.initializer:
        if each.name == name:
            return each
    raise NotApplicable(f"no weight {name}")
