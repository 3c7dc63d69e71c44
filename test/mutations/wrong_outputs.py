"""Wrong outputs, and wrong rules for what is kept."""

from collections.abc import Callable

import numpy as np

import onnx
from onnx import helper, numpy_helper

from .editing import add_constant, at_place, nodes_of, op, replace, set_attribute
from .registry import NotApplicable, wrong

FLOAT, INT64 = 1, 7


def _through(model: onnx.ModelProto, output: onnx.ValueInfoProto, *new: onnx.NodeProto) -> None:
    """The output goes through more nodes; it comes to them as `<name>.raw`."""
    for node in model.graph.node:
        for at, name in enumerate(node.output):
            if name == output.name:
                node.output[at] = f"{name}.raw"
        for at, name in enumerate(node.input):
            if name == output.name:
                node.input[at] = f"{name}.raw"
    model.graph.node.extend(new)


def _output(model: onnx.ModelProto, dtype: int) -> onnx.ValueInfoProto:
    for value in model.graph.output:
        if value.type.tensor_type.elem_type == dtype:
            return value
    raise NotApplicable("no output of that type")


def _changed(
    title: str, dtype: int, kind: str, constant: list[float] | None, found: str = "parity", **more: object
) -> None:
    @wrong(title, found)
    def edit(model: onnx.ModelProto) -> None:
        output = _output(model, dtype)
        kept = np.float32 if dtype == FLOAT else np.int64
        inputs = [f"{output.name}.raw"]
        if constant is not None:
            inputs.append(add_constant(model, "output_factor", constant, kept))
        _through(model, output, op(kind, inputs, output.name, **more))


_changed("an output scaled by 1.0001", FLOAT, "Mul", [1.0001])
_changed("an output shifted by 0.001", FLOAT, "Add", [1e-3])
_changed("an output without its sign", FLOAT, "Neg", None)
_changed("an output with its axes in reverse", FLOAT, "Transpose", None)
_changed("a constant output", FLOAT, "Mul", [0])
_changed("labels off by one", INT64, "Add", [1])
_changed("labels halved", INT64, "Div", [2])
_changed("a softmax too many", FLOAT, "Softmax", None, axis=1)


@wrong("scores in half precision")
def half_output(model: onnx.ModelProto) -> None:
    output = _output(model, FLOAT)
    name = output.name
    _through(
        model, output, op("Cast", [f"{name}.raw"], f"{name}.half", to=10), op("Cast", [f"{name}.half"], name, to=1)
    )


@wrong("columns in another order")
def swapped_columns(model: onnx.ModelProto) -> None:
    output = _output(model, FLOAT)
    count = output.type.tensor_type.shape.dim[-1].dim_value
    if count < 2:
        raise NotApplicable("one column")
    order = add_constant(model, "order", [1, 0, *range(2, count)], np.int64)
    _through(model, output, op("Gather", [f"{output.name}.raw", order], output.name, axis=-1 % 3 if count == 5 else 1))


@wrong("a renamed output")
def renamed_output(model: onnx.ModelProto) -> None:
    output = model.graph.output[0]
    model.graph.node.append(op("Identity", [output.name], "result"))
    output.name = "result"


@wrong("a renamed input")
def renamed_input(model: onnx.ModelProto) -> None:
    old = model.graph.input[0].name
    for node in model.graph.node:
        for at, name in enumerate(node.input):
            if name == old:
                node.input[at] = "images"
    model.graph.input[0].name = "images"


@wrong("a batch of 1 baked in")
def baked_batch(model: onnx.ModelProto) -> None:
    name = model.graph.input[0].name
    limits = [
        add_constant(model, each, [value], np.int64) for each, value in (("from_0", 0), ("to_1", 1), ("axis_0", 0))
    ]
    for node in model.graph.node:
        for at, each in enumerate(node.input):
            if each == name:
                node.input[at] = "first_row"
    model.graph.node.insert(0, op("Slice", [name, *limits], "first_row"))


@wrong("ArgMin for ArgMax")
def argmin(model: onnx.ModelProto) -> None:
    node = at_place(nodes_of(model, "ArgMax"), "last")
    new = op("ArgMin", node.input, node.output[0])
    new.attribute.extend(node.attribute)
    replace(model, node, new)


@wrong("a map over another axis")
def argmax_axis(model: onnx.ModelProto) -> None:
    set_attribute(at_place(nodes_of(model, "ArgMax"), "last"), "axis", 2)


@wrong("softmax over the batch")
def softmax_axis(model: onnx.ModelProto) -> None:
    set_attribute(at_place(nodes_of(model, "Softmax"), "last"), "axis", 0)


def _nms(title: str, at: int, change: Callable[[np.ndarray], np.ndarray], found: str = "parity") -> None:
    @wrong(title, found)
    def edit(model: onnx.ModelProto) -> None:
        node = at_place(nodes_of(model, "NonMaxSuppression"), "last")
        old = _constant(model, node.input[at])
        node.input[at] = add_constant(model, f"limit_{at}", change(old), old.dtype)


def _constant(model: onnx.ModelProto, name: str) -> np.ndarray:
    for each in model.graph.initializer:
        if each.name == name:
            return numpy_helper.to_array(each)
    for node in model.graph.node:
        if node.op_type == "Constant" and name in node.output:
            return numpy_helper.to_array(helper.get_attribute_value(node.attribute[0]))
    raise NotApplicable("no constant")


_nms("boxes that overlap are kept", 3, lambda old: old * 0 + 0.95)
_nms("boxes that hardly overlap are dropped", 3, lambda old: old * 0 + 0.05)
_nms("another overlap, by a little", 3, lambda old: old + np.float32(0.01), "contract")
_nms("a score threshold that is higher", 4, lambda old: old * 0 + 0.5)
_nms("one box a class", 2, lambda old: old * 0 + 1)


@wrong("boxes as centre and size for corners")
def centre_boxes(model: onnx.ModelProto) -> None:
    set_attribute(at_place(nodes_of(model, "NonMaxSuppression"), "last"), "center_point_box", 1)


@wrong("half the candidates")
def fewer_candidates(model: onnx.ModelProto) -> None:
    node = at_place(nodes_of(model, "TopK"), "last")
    node.input[1] = add_constant(model, "fewer", [3], np.int64)
