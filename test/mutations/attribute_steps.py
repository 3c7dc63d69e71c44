"""Steps that tell one operator wrongly: an attribute, or a constant that it takes as an input."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import onnx
from onnx import helper, numpy_helper

from .editing import add_constant, attribute, set_attribute
from .registry import NotApplicable

#: Changes a node of a model in place; `NotApplicable` where it has nothing to change.
Change = Callable[[onnx.ModelProto, onnx.NodeProto], None]
Numbers = Callable[[np.ndarray], "np.ndarray | None"]


def another(name: str, change: Callable[[Any], Any], default: Any = None) -> Change:
    """An attribute. default: what it is where a node does not tell it."""

    def edit(_: onnx.ModelProto, node: onnx.NodeProto) -> None:
        old = attribute(node, name, default)
        new = None if old is None else change(old)
        if new is None or new == old:
            raise NotApplicable(f"no other {name}")
        set_attribute(node, name, new)

    return edit


def flag(name: str, default: int = 0) -> Change:
    return another(name, lambda old: 1 - old, default)


def word(name: str, new: str, default: str) -> Change:
    def change(told: Any) -> "str | None":
        return None if told in (new, new.encode()) else new

    return another(name, change, default)


def scaled(name: str, factor: float, default: float) -> Change:
    return another(name, lambda old: old * factor, default)


def constant(at: int, change: Numbers) -> Change:
    """An input that the model stores."""

    def edit(model: onnx.ModelProto, node: onnx.NodeProto) -> None:
        old = _stored(model, node.input[at] if len(node.input) > at else "")
        new = change(old.copy())
        if new is None or np.array_equal(new, old):
            raise NotApplicable("no other constant")
        node.input[at] = add_constant(model, f"told_wrongly_{at}", new.astype(old.dtype), old.dtype)

    return edit


def one_number(factor: float) -> Numbers:
    return lambda old: old * factor if old.size == 1 and old.dtype.kind == "f" else None


def whole_numbers(change: "Callable[[list[int]], list[int]]") -> Numbers:
    return lambda old: np.array(change(old.reshape(-1).tolist())) if old.dtype.kind == "i" else None


def to_the_end(pads: "Sequence[int]") -> "list[int]":
    """All pads of an axis on its far side, or on its near one."""
    half = len(pads) // 2
    both = [pads[at] + pads[half + at] for at in range(half)]
    return [*[0] * half, *both] if any(pads[:half]) else [*both, *[0] * half]


def exchanged(pads: "Sequence[int]") -> "list[int]":
    half = len(pads) // 2
    return [*pads[half:], *pads[:half]]


def axis_beside(axis: int) -> int:
    return {0: 1, -1: -2}.get(axis, axis - 1)


def axes_beside(axes: "Sequence[int]") -> "list[int]":
    return [axis_beside(axes[0]), *axes[1:]]


def dilated(node_dilations: "Sequence[int]") -> "list[int]":
    return [each + 1 for each in node_dilations]


def _stored(model: onnx.ModelProto, name: str) -> np.ndarray:
    for each in model.graph.initializer:
        if each.name == name:
            return numpy_helper.to_array(each)
    for node in model.graph.node:
        if node.op_type == "Constant" and name in node.output and node.attribute[0].name == "value":
            return np.asarray(numpy_helper.to_array(helper.get_attribute_value(node.attribute[0])))
    raise NotApplicable("not stored")
