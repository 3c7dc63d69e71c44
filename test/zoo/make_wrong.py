"""Writes wrong variants of a converted model, one fault each.

usage: make_wrong.py MODEL.onnx OUT_FOLDER

OUT_FOLDER gets <fault>.onnx for each fault that the graph has a place for; the names are printed as JSON.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import onnx
from onnx import numpy_helper

Graph = onnx.GraphProto
#: Changes the graph in place; False where it has no place for the fault.
Fault = Callable[[Graph], bool]


def weights(graph: Graph, types: tuple[str, ...] = ("Conv", "Gemm", "MatMul")) -> list[onnx.TensorProto]:
    """Float weights of two axes or more, in the order of their nodes."""
    known = {each.name: each for each in graph.initializer}
    used = [known[name] for node in graph.node if node.op_type in types for name in node.input if name in known]
    return [each for each in used if len(each.dims) >= 2 and each.data_type == onnx.TensorProto.FLOAT]


def change(tensor: onnx.TensorProto, edit: Callable[[np.ndarray], None]) -> bool:
    values = numpy_helper.to_array(tensor).copy()
    before = values.copy()
    edit(values)
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return not np.array_equal(values, before)


def middle(graph: Graph) -> onnx.TensorProto:
    found = weights(graph)
    return found[len(found) // 2]


def scaled_layer(graph: Graph) -> bool:
    return change(middle(graph), lambda values: values.__imul__(np.float32(1.01)))


def scaled_channel(graph: Graph) -> bool:
    return change(middle(graph), lambda values: values[1].__imul__(np.float32(1.01)))


def one_weight(graph: Graph) -> bool:
    def edit(values: np.ndarray) -> None:
        values.flat[values.size // 2] += values.std()

    return change(middle(graph), edit)


def half_precision(graph: Graph) -> bool:
    def edit(values: np.ndarray) -> None:
        values[...] = values.astype(np.float16).astype(np.float32)

    return change(middle(graph), edit)


def swapped_classes(graph: Graph) -> bool:
    """The first two outputs of the last layer: classes, mostly."""

    def edit(values: np.ndarray) -> None:
        values[[0, 1]] = values[[1, 0]]

    return change(weights(graph, ("Conv", "Gemm"))[-1], edit)


def shifted_bias(graph: Graph) -> bool:
    """One channel of the last bias, by one hundredth."""
    known = {each.name: each for each in graph.initializer}
    last = [node for node in graph.node if node.op_type in ("Conv", "Gemm") and len(node.input) > 2][-1]

    def edit(values: np.ndarray) -> None:
        values[0] += np.float32(0.01)

    return change(known[last.input[2]], edit)


def suppression(position: int, factor: float) -> Fault:
    """Scales a threshold of NonMaxSuppression: input 3 is its overlap, input 4 its score."""

    def fault(graph: Graph) -> bool:
        names = {node.input[position] for node in graph.node if node.op_type == "NonMaxSuppression"}
        changed = [change(each, lambda values: values.__imul__(np.float32(factor))) for each in constants(graph, names)]
        return any(changed)

    return fault


def constants(graph: Graph, names: set[str]) -> Iterator[onnx.TensorProto]:
    yield from (each for each in graph.initializer if each.name in names)
    for node in graph.node:
        if node.op_type == "Constant" and node.output[0] in names:
            yield from (attribute.t for attribute in node.attribute if attribute.name == "value")


def attribute_of(operator: str, name: str, old: bytes, new: bytes) -> Fault:
    def fault(graph: Graph) -> bool:
        found = [
            each
            for node in graph.node
            if node.op_type == operator
            for each in node.attribute
            if each.name == name and each.s == old
        ]
        for each in found[-1:]:
            each.s = new
        return bool(found)

    return fault


def dropped(operator: str) -> Fault:
    """The middle one of these operators passes its input through."""

    def fault(graph: Graph) -> bool:
        found = [node for node in graph.node if node.op_type == operator]
        if not found:
            return False
        node = found[len(found) // 2]
        through = onnx.helper.make_node("Identity", [node.input[0]], list(node.output), name=node.name)
        node.CopyFrom(through)
        return True

    return fault


FAULTS: dict[str, Fault] = {
    "middle layer 1 % too large": scaled_layer,
    "one channel 1 % too large": scaled_channel,
    "one weight off by one deviation": one_weight,
    "middle layer in half precision": half_precision,
    "first two classes swapped": swapped_classes,
    "last bias off by 0.01 in one channel": shifted_bias,
    "a dropped Relu": dropped("Relu"),
    "overlap threshold 5 % too low": suppression(3, 0.95),
    "score threshold 10 % too high": suppression(4, 1.1),
    "another interpolation": attribute_of("Resize", "mode", b"linear", b"nearest"),
    "other pixel centres": attribute_of("Resize", "coordinate_transformation_mode", b"half_pixel", b"align_corners"),
    "pixel centres of another framework": attribute_of(
        "Resize", "coordinate_transformation_mode", b"pytorch_half_pixel", b"asymmetric"
    ),
}


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for index, (name, fault) in enumerate(FAULTS.items()):
        model = onnx.load(str(source))
        if fault(model.graph):
            file = f"{index:02d}.onnx"
            onnx.save(model, str(folder / file))
            written.append({"name": name, "file": file})
    print(json.dumps(written))


if __name__ == "__main__":
    main()
