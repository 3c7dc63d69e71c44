"""What exporters leave to be put right in a graph, and what they did although they were asked for something else."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import onnx

from edge_engine.failure import Failure
from edge_engine.onnx_file import ports

from .arguments import Argument, bad_dtype
from .exporter import Choice
from .record import Answer
from .versions import torch_version

TYPES = {onnx.TensorProto.BFLOAT16: "bfloat16", onnx.TensorProto.COMPLEX64: "complex64"}


def check_graph(model: onnx.ModelProto, arguments: Sequence[Argument], outputs: int, choice: Choice) -> None:
    """`Failure` for another opset, an input that vanished, a type that no runtime has, an axis that is not free."""
    opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), None)
    if opset != choice.opset:
        message = f"opset {choice.opset} was asked for, and the exporter {choice.exporter} wrote {opset}"
        raise Failure(
            "input", "opset-not-written", message, "Choose another torch.opset_version, or another torch.exporter."
        )
    for value in [*model.graph.input, *model.graph.output]:
        if not value.type.HasField("tensor_type"):
            message = f"{value.name} is a sequence or a map, which onnxruntime-node cannot run"
            raise Failure(
                "input", "dtype-unsupported", message, "Return tensors, as torch.stack or torch.cat of the list."
            )
        if value.type.tensor_type.elem_type in TYPES:
            raise bad_dtype(value.name, TYPES[value.type.tensor_type.elem_type])
    _refuse_inner_types(model)
    inputs = {port["name"]: port for port in ports(model)[0]}
    lost = [argument.name for argument in arguments if argument.name not in inputs]
    if lost:
        message = f"the graph has no input {', '.join(lost)}: the module does not look at it"
        raise Failure("input", "input-unused", message, "Take it out of forward, or out of torch.args.")
    if len(model.graph.output) != outputs:
        message = f"the graph has {len(model.graph.output)} outputs, the module {outputs}"
        raise Failure("bug", "outputs-lost", message, "Report it with the log.")
    for argument in arguments:
        for axis, label in argument.axes:
            if isinstance(inputs[argument.name]["shape"][axis], int):
                message = (
                    f"torch.dynamic_axes frees axis {axis} ({label}) of {argument.name}, but the exporter "
                    f"{choice.exporter} fixed it at {inputs[argument.name]['shape'][axis]}"
                )
                hint = "Let forward compute with x.shape instead of a constant, or take the axis out."
                raise Failure("input", "axis-baked", message, hint)


def _refuse_inner_types(model: onnx.ModelProto) -> None:
    """`Failure` where the graph computes in a type that the runtime on CPU has no operators for, as under autocast."""
    for node in model.graph.node:
        for entry in node.attribute:
            if node.op_type == "Cast" and entry.name == "to" and entry.i in TYPES:
                message = f"the module computes in {TYPES[entry.i]} ({node.name}), which onnxruntime-node cannot run"
                hint = "Take out torch.autocast and .bfloat16() of forward: references and graph are of float32."
                raise Failure("input", "dtype-unsupported", message, hint)


def half_inside(model: onnx.ModelProto) -> "str | None":
    """A node that rounds to float16 on the way to another type: the module computes in it, if only in parts."""
    half = onnx.TensorProto.FLOAT16
    if all(value.type.tensor_type.elem_type == half for value in model.graph.output):
        return None
    casts = (node for node in model.graph.node if node.op_type == "Cast")
    return next((node.name for node in casts if any(e.name == "to" and e.i == half for e in node.attribute)), None)


def distinct_outputs(model: onnx.ModelProto) -> None:
    """An output that is an input, or another output, becomes a value of its own, which ONNX wants."""
    graph = model.graph
    # dynamo writes an Identity of a value to itself.
    for node in [node for node in graph.node if node.op_type == "Identity" and node.input[0] == node.output[0]]:
        graph.node.remove(node)
    taken = {value.name for value in graph.input} | {tensor.name for tensor in graph.initializer}
    used = taken | {name for node in graph.node for name in node.output}
    for value in graph.output:
        if value.name in taken:
            name = next(f"{value.name}_{at}" for at in itertools.count(1) if f"{value.name}_{at}" not in used)
            graph.node.append(onnx.helper.make_node("Identity", [value.name], [name]))
            value.name = name
        taken.add(value.name)
        used.add(value.name)


def rename_outputs(model: onnx.ModelProto, names: "Sequence[str] | None") -> None:
    """Those that an exporter gave names of its own though others were asked for, as it does beside functions."""
    for value, name in zip(model.graph.output, names or []):
        old = value.name
        if old == name:
            continue
        value.name = name
        for node in model.graph.node:
            for values in (node.input, node.output):
                for place, each in enumerate(values):
                    if each == old:
                        values[place] = name


def baked_output(model: onnx.ModelProto, answers: Sequence[Answer]) -> "str | None":
    """`axis 1 of output linear at 7`: what an exporter that follows sizes declares as fixed, and the source varies."""
    for place, value in enumerate(model.graph.output):
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            sizes = {shape[axis] for shape in (a.single[place].shape for a in answers) if axis < len(shape)}
            if len(sizes) > 1 and dim.HasField("dim_value"):
                return f"axis {axis} of output {value.name} at {dim.dim_value}"
    return None


def name_axes(model: onnx.ModelProto, arguments: Sequence[Argument], answers: Sequence[Answer]) -> None:
    """Free axes have the names that were asked for, and those of outputs are open where they vary in the references."""
    own = {argument.name: dict(argument.axes) for argument in arguments}
    renamed: dict[str, str] = {}
    for value in model.graph.input:
        for axis, label in own.get(value.name, {}).items():
            dim = value.type.tensor_type.shape.dim[axis]
            if dim.dim_param:
                renamed[dim.dim_param] = label
            dim.dim_param = label
    lengths = {label: [_length(answer, arguments, label) for answer in answers] for _, label in _labels(arguments)}
    for place, value in enumerate(model.graph.output):
        shapes = [answer.single[place].shape for answer in answers]
        tensor = value.type.tensor_type
        if len(tensor.shape.dim) != len(shapes[0]):
            tensor.ClearField("shape")
            tensor.shape.CopyFrom(onnx.TensorShapeProto(dim=[onnx.TensorShapeProto.Dimension() for _ in shapes[0]]))
        for axis, dim in enumerate(tensor.shape.dim):
            sizes = [shape[axis] for shape in shapes]
            same = next((label for label, each in lengths.items() if each == sizes and len(set(sizes)) > 1), None)
            if len(set(sizes)) == 1 and (dim.HasField("dim_value") or not lengths):
                dim.dim_value = sizes[0]
            else:
                dim.dim_param = same or _renamed(dim.dim_param, renamed) or f"{value.name}_{axis}"


def _renamed(formula: str, names: "dict[str, str]") -> str:
    """`2*((s73//2))` with the names of axes for the exporter's symbols."""
    return re.sub(r"[A-Za-z_]\w*", lambda found: names.get(found[0], found[0]), formula)


def _labels(arguments: Sequence[Argument]) -> "list[tuple[int, str]]":
    return [entry for argument in arguments for entry in argument.axes]


def _length(answer: Answer, arguments: Sequence[Argument], label: str) -> int:
    places = ((a.name, axis) for a in arguments for axis, name in a.axes if name == label)
    name, axis = next(places)
    return int(answer.case.arrays[name].shape[axis])


def facts(model: onnx.ModelProto, choice: Choice) -> dict[str, Any]:
    """For the result: which exporter, and what decided."""
    return {
        "exporter": choice.exporter,
        "exporter_because": choice.because or "default",
        "torch": ".".join(map(str, torch_version())),
        "nodes": len(model.graph.node),
    }
