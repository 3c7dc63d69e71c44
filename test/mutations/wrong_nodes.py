"""Wrong operators, or operators that are told wrongly."""

import numpy as np

import onnx

from .editing import add_constant, at_place, attribute, behind, nodes_of, op, replace, set_attribute, weighted
from .registry import Edit, NotApplicable, wrong

ACTIVATIONS = ("Relu", "Sigmoid", "HardSigmoid")


def _instead(place: str, kind: str, *ops: str) -> Edit:
    def edit(model: onnx.ModelProto) -> None:
        node = at_place(nodes_of(model, *ops), place)
        replace(model, node, op(kind, node.input[:1], node.output[0]))

    return edit


wrong("a dropped activation, first")(_instead("first", "Identity", "Relu", "Sigmoid"))
wrong("a dropped activation, last")(_instead("last", "Identity", "Relu", "Sigmoid"))
wrong("LeakyRelu for Relu")(_instead("middle", "LeakyRelu", "Relu"))
wrong("HardSigmoid for Sigmoid")(_instead("middle", "HardSigmoid", "Sigmoid"))
wrong("Sigmoid for HardSigmoid")(_instead("first", "Sigmoid", "HardSigmoid"))
wrong("the largest for the mean of a picture")(_instead("first", "GlobalMaxPool", "GlobalAveragePool"))
wrong("the worst class for the best")(_instead("last", "Identity", "Softmax"))


@wrong("Sub for a residual Add")
def sub_for_add(model: onnx.ModelProto) -> None:
    node = at_place(_inner_adds(model), "middle")
    replace(model, node, op("Sub", node.input, node.output[0]))


@wrong("a residual that is left out")
def no_residual(model: onnx.ModelProto) -> None:
    node = at_place(_inner_adds(model), "first")
    replace(model, node, op("Identity", node.input[:1], node.output[0]))


def _inner_adds(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    made = {output for node in nodes_of(model, "Conv", "Relu", "Mul") for output in node.output}
    found = [node for node in nodes_of(model, "Add") if all(each in made for each in node.input)]
    if not found:
        raise NotApplicable("no residual")
    return found


@wrong("AveragePool for MaxPool")
def average_pool(model: onnx.ModelProto) -> None:
    node = at_place(nodes_of(model, "MaxPool"), "first")
    kept = {name: attribute(node, name) for name in ("kernel_shape", "pads", "strides") if attribute(node, name)}
    replace(model, node, op("AveragePool", node.input[:1], node.output[0], **kept))


@wrong("pads on the wrong side")
def shifted_pads(model: onnx.ModelProto) -> None:
    node = next((each for each in nodes_of(model, "Conv") if any(attribute(each, "pads", []))), None)
    if node is None:
        raise NotApplicable("no pads")
    top, left, bottom, right = attribute(node, "pads")
    set_attribute(node, "pads", [0, 0, top + bottom, left + right])


@wrong("another dilation")
def other_dilation(model: onnx.ModelProto) -> None:
    for node in nodes_of(model, "Conv"):
        if attribute(node, "kernel_shape") == [3, 3] and attribute(node, "dilations", [1, 1]) == [1, 1]:
            set_attribute(node, "dilations", [2, 2])
            set_attribute(node, "pads", [pad + 1 for pad in attribute(node, "pads", [0] * 4)])
            return
    raise NotApplicable("no kernels of 3 by 3")


@wrong("another mode of Resize")
def resize_mode(model: onnx.ModelProto) -> None:
    node = at_place(nodes_of(model, "Resize"), "last")
    set_attribute(node, "mode", "linear" if attribute(node, "mode", b"nearest") == b"nearest" else "nearest")
    set_attribute(node, "coordinate_transformation_mode", "asymmetric")


@wrong("Resize with aligned corners")
def resize_corners(model: onnx.ModelProto) -> None:
    node = at_place(nodes_of(model, "Resize"), "first")
    set_attribute(node, "coordinate_transformation_mode", "align_corners")


@wrong("parts joined in the other order")
def concat_order(model: onnx.ModelProto) -> None:
    made = {output for node in nodes_of(model, "Conv", "Mul", "Resize", "Reshape", "Sigmoid") for output in node.output}
    for node in nodes_of(model, "Concat"):
        if len(set(node.input)) > 1 and all(each in made for each in node.input):
            replace(model, node, op("Concat", list(node.input)[::-1], node.output[0], axis=attribute(node, "axis")))
            return
    raise NotApplicable("nothing of the picture is joined")


def _on_input(title: str, kind: str, constant: float) -> None:
    @wrong(title)
    def edit(model: onnx.ModelProto) -> None:
        name = model.graph.input[0].name
        for node in model.graph.node:
            for at, each in enumerate(node.input):
                if each == name and node.op_type != "Shape":
                    node.input[at] = "changed_input"
        model.graph.node.insert(0, op(kind, [name, add_constant(model, "input_factor", [constant])], "changed_input"))


_on_input("an input scaled by 1/255 once more", "Mul", 1 / 255)
_on_input("an input scaled by 1.02", "Mul", 1.02)
_on_input("a mean subtracted once more", "Sub", 0.5)


@wrong("a colour channel shifted by one pixel")
def shifted_picture(model: onnx.ModelProto) -> None:
    node = weighted(model, "first")
    add_constant(model, "shift", [0.0], np.float32)
    shift = [op("Slice", [f"{node.output[0]}.before", "from_1", "to_end", "last_axis"], "cut")]
    for name, value in (("from_1", 1), ("to_end", 1 << 30), ("last_axis", 3)):
        add_constant(model, name, [value], np.int64)
    add_constant(model, "edge", [0, 0, 0, 0, 0, 0, 0, 1], np.int64)
    behind(model, node, *shift, op("Pad", ["cut", "edge", "shift"], node.output[0]))


@wrong("activations rounded to half precision")
def half_inside(model: onnx.ModelProto) -> None:
    node = weighted(model, "middle")
    name = node.output[0]
    behind(model, node, op("Cast", [f"{name}.before"], f"{name}.half", to=10), op("Cast", [f"{name}.half"], name, to=1))


@wrong("an activation that is clipped")
def clipped(model: onnx.ModelProto) -> None:
    node = weighted(model, "first")
    limits = [add_constant(model, "cut_low", -0.05), add_constant(model, "cut_high", 0.05)]
    behind(model, node, op("Clip", [f"{node.output[0]}.before", *limits], node.output[0]))


@wrong("a random operator left in", "structure")
def random_left(model: onnx.ModelProto) -> None:
    node = weighted(model, "middle")
    name = node.output[0]
    noise = op("RandomNormalLike", [f"{name}.before"], f"{name}.noise", scale=0.1)
    behind(model, node, noise, op("Add", [f"{name}.before", f"{name}.noise"], name))


@wrong("normalisation over the batch", "metamorphic")
def batch_statistics(model: onnx.ModelProto) -> None:
    node = weighted(model, "middle")
    name = node.output[0]
    mean = op("ReduceMean", [f"{name}.before"], f"{name}.mean", axes=[0], keepdims=1)
    behind(model, node, mean, op("Sub", [f"{name}.before", f"{name}.mean"], name))
