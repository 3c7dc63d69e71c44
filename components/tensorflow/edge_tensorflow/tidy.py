"""What tf2onnx leaves to be put right in a graph, without a change of what it computes."""

from collections.abc import Mapping
from pathlib import Path

import onnx

from edge_engine.failure import Failure

from .axes import Place
from .ports import Arrays

BFLOAT16 = onnx.TensorProto.BFLOAT16
EXTERNAL = 1 << 10


def name_inputs(model: onnx.ModelProto, names: Mapping[Place, str]) -> None:
    """Names of free axes: tf2onnx gives numbers that count up over all conversions of a process."""
    for value in model.graph.input:
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            if dim.dim_value <= 0:
                dim.Clear()
                dim.dim_param = names[value.name, axis]


def name_outputs(model: onnx.ModelProto, cases: list[tuple[dict[str, int], Arrays]]) -> None:
    """cases: lengths by axis's name, and the outputs at them. A free axis that never changes has that length."""
    for value in model.graph.output:
        shapes = [(sizes, found[value.name].shape) for sizes, found in cases]
        dims = value.type.tensor_type.shape.dim
        if not dims and shapes and shapes[0][1]:
            for _ in shapes[0][1]:
                dims.add()
        for axis, dim in enumerate(dims):
            if dim.dim_value > 0:
                continue
            dim.Clear()
            lengths = [shape[axis] for _, shape in shapes if axis < len(shape)]
            name = (
                next((n for n in shapes[0][0] if all(s[n] == length for (s, _), length in zip(shapes, lengths))), None)
                if shapes
                else None
            )
            if name is not None:
                dim.dim_param = name
            elif lengths and len(set(lengths)) == 1:
                dim.dim_value = lengths[0]
            else:
                dim.dim_param = f"{value.name}_{axis}"


def forget_shapes(model: onnx.ModelProto) -> None:
    """Shapes of tensors inside, with axes of numbers that count up."""
    del model.graph.value_info[:]


def refuse_types(model: onnx.ModelProto) -> None:
    """`Failure` for what onnxruntime-node cannot run: bfloat16, sequences, sparse tensors."""
    for value in [*model.graph.input, *model.graph.output]:
        if not value.type.HasField("tensor_type"):
            message = f"{value.name} is not a tensor"
            hint = "Give tensors in and out of the model: no ragged, sparse ones, and no lists of unknown length."
            raise Failure("input", "dtype-unsupported", message, hint)
    wide = [tensor.name for tensor in model.graph.initializer if tensor.data_type == BFLOAT16]
    wide += [
        value.name
        for value in [*model.graph.input, *model.graph.output]
        if value.type.tensor_type.elem_type == BFLOAT16
    ]
    if wide:
        message = f"{wide[0]} is bfloat16, which the runtime cannot take"
        hint = "Save the model with the dtype policy float32."
        raise Failure("input", "dtype-unsupported", message, hint)


def weight_bytes(model: onnx.ModelProto) -> int:
    """Of all constants of the main graph."""
    return sum(len(tensor.raw_data) for tensor in model.graph.initializer)


def write_external(model: onnx.ModelProto, path: Path, data: str) -> None:
    """Weights into a file of their own beside it."""
    onnx.save_model(
        model,
        str(path),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=data,
        size_threshold=EXTERNAL,
    )
