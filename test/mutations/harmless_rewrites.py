"""Other operators for the same function."""

import numpy as np

import onnx
from onnx import helper, version_converter

from .editing import PLACES, add_constant, array, at_place, attribute, behind, nodes_of, op, replace, store, weighted
from .registry import NotApplicable, harmless


def _behind(title: str, place: str, *steps: tuple[str, list[float] | None]) -> None:
    """Steps after the output of a layer that give it back: `(operator, constant or None)`."""

    @harmless(title)
    def edit(model: onnx.ModelProto) -> None:
        node = weighted(model, place)
        last = node.output[0]
        names = [f"{last}.before", *(f"{last}.{at}" for at in range(len(steps) - 1)), last]
        new = []
        for at, (kind, constant) in enumerate(steps):
            inputs = [names[at]]
            if constant is not None:
                inputs.append(add_constant(model, f"{last}.factor{at}", constant))
            new.append(op(kind, inputs, names[at + 1]))
        behind(model, node, *new)


for where in PLACES:
    _behind(f"an Identity, {where} layer", where, ("Identity", None))
    _behind(f"a multiplication by 1, {where} layer", where, ("Mul", [1.0]))
    _behind(f"an addition of 0, {where} layer", where, ("Add", [0.0]))
    _behind(f"doubled and halved, {where} layer", where, ("Mul", [2.0]), ("Mul", [0.5]))
_behind("two negations", "middle", ("Neg", None), ("Neg", None))
_behind("two transpositions", "middle", ("Transpose", None), ("Transpose", None))
_behind("Dropout in inference mode", "middle", ("Dropout", None))


def _each(title: str, *ops: str):  # noqa: ANN202
    """All nodes of a kind are replaced by others; `make(model, node)` gives them."""

    def register(make):  # noqa: ANN001, ANN202
        @harmless(title)
        def edit(model: onnx.ModelProto) -> None:
            for name in [node.output[0] for node in nodes_of(model, *ops)]:
                node = next(each for each in model.graph.node if name in each.output)
                replace(model, node, *make(model, node))

        return make

    return register


@_each("Relu as the larger of it and 0", "Relu")
def relu_max(model: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    return [op("Max", [node.input[0], _shared(model, "nought", 0.0)], node.output[0])]


@_each("Relu as Clip", "Relu")
def relu_clip(model: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    return [op("Clip", [node.input[0], _shared(model, "nought", 0.0)], node.output[0])]


@_each("Sigmoid by its formula", "Sigmoid")
def sigmoid_formula(model: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    name = node.output[0]
    return [
        op("Neg", [node.input[0]], f"{name}.neg"),
        op("Exp", [f"{name}.neg"], f"{name}.exp"),
        op("Add", [f"{name}.exp", _shared(model, "unit", 1.0)], f"{name}.sum"),
        op("Reciprocal", [f"{name}.sum"], name),
    ]


@_each("Softmax by its formula", "Softmax")
def softmax_formula(_: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    name, source = node.output[0], node.input[0]
    axes = [attribute(node, "axis", 1)]
    return [
        op("ReduceMax", [source], f"{name}.max", axes=axes, keepdims=1),
        op("Sub", [source, f"{name}.max"], f"{name}.low"),
        op("Exp", [f"{name}.low"], f"{name}.exp"),
        op("ReduceSum", [f"{name}.exp"], f"{name}.sum", axes=axes, keepdims=1),
        op("Div", [f"{name}.exp", f"{name}.sum"], name),
    ]


@_each("the mean of a picture as ReduceMean", "GlobalAveragePool")
def reduce_mean(_: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    return [op("ReduceMean", [node.input[0]], node.output[0], axes=[2, 3], keepdims=1)]


@_each("Gemm as MatMul and Add", "Gemm")
def matmul(model: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    if attribute(node, "transB", 0):
        store(model, node.input[1], array(model, node.input[1]).T)
    name = node.output[0]
    return [op("MatMul", node.input[:2], f"{name}.product"), op("Add", [f"{name}.product", node.input[2]], name)]


@_each("pads as nodes of their own", "Conv")
def explicit_pads(model: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    pads = attribute(node, "pads", [0] * 4)
    name = f"{node.output[0]}.padded"
    edges = add_constant(model, f"{name}.edges", [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]], np.int64)
    conv = op("Conv", [name, *node.input[1:]], node.output[0])
    conv.attribute.extend(each for each in node.attribute if each.name != "pads")
    return [op("Pad", [node.input[0], edges], name), conv]


@_each("biases added apart", "Conv")
def bias_apart(model: onnx.ModelProto, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    name = node.output[0]
    if len(node.input) < 3:
        return [node]
    bias = array(model, node.input[2]).reshape(1, -1, 1, 1)
    conv = op("Conv", node.input[:2], f"{name}.product")
    conv.attribute.extend(node.attribute)
    return [conv, op("Add", [f"{name}.product", add_constant(model, f"{name}.bias", bias)], name)]


@harmless("a batch norm that changes nothing")
def batch_norm(model: onnx.ModelProto) -> None:
    node = at_place(nodes_of(model, "Conv"), "middle")
    name, count = node.output[0], len(array(model, node.input[1]))
    ones = add_constant(model, "bn.ones", np.ones(count))
    noughts = add_constant(model, "bn.noughts", np.zeros(count))
    behind(model, node, op("BatchNormalization", [f"{name}.before", ones, noughts, noughts, ones], name, epsilon=0.0))


@harmless("a layer in two halves")
def two_halves(model: onnx.ModelProto) -> None:
    node = at_place([each for each in nodes_of(model, "Conv") if attribute(each, "group", 1) == 1], "middle")
    weights, name = array(model, node.input[1]), node.output[0]
    half, parts = len(weights) // 2, []
    for at, rows in enumerate((slice(None, half), slice(half, None))):
        inputs = [node.input[0], add_constant(model, f"{name}.w{at}", weights[rows])]
        if len(node.input) > 2:
            inputs.append(add_constant(model, f"{name}.b{at}", array(model, node.input[2])[rows]))
        conv = op("Conv", inputs, f"{name}.half{at}")
        conv.attribute.extend(node.attribute)
        parts.append(conv)
    replace(model, node, *parts, op("Concat", [f"{name}.half0", f"{name}.half1"], name, axis=1))


@harmless("an If that always takes one branch")
def constant_if(model: onnx.ModelProto) -> None:
    node = weighted(model, "middle")
    name = node.output[0]
    value = helper.make_tensor_value_info("branch", onnx.TensorProto.FLOAT, None)
    branches = {
        key: helper.make_graph([op(kind, [f"{name}.before"], "branch")], key, [], [value])
        for key, kind in (("then_branch", "Identity"), ("else_branch", "Neg"))
    }
    behind(model, node, op("If", [add_constant(model, "yes", True, np.bool_)], name, **branches))


@harmless("float64 between two layers")
def double_inside(model: onnx.ModelProto) -> None:
    node = weighted(model, "middle")
    name = node.output[0]
    behind(model, node, op("Cast", [f"{name}.before"], f"{name}.d", to=11), op("Cast", [f"{name}.d"], name, to=1))


def _opset(version: int) -> None:
    @harmless(f"opset {version}, by ONNX's own converter")
    def edit(model: onnx.ModelProto) -> None:
        try:
            converted = version_converter.convert_version(model, version)
        except Exception as error:
            raise NotApplicable("ONNX's converter cannot") from error
        model.CopyFrom(converted)


for number in (12, 13, 14, 15, 16, 17):
    _opset(number)


@harmless("a newer IR version")
def newer_ir(model: onnx.ModelProto) -> None:
    model.ir_version += 1


def _shared(model: onnx.ModelProto, name: str, value: float) -> str:
    if all(each.name != name for each in model.graph.initializer):
        add_constant(model, name, value)
    return name
