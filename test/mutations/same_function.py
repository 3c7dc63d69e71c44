"""Whether a change changes what a model computes: one that does not is neither wrong nor harmless."""

import numpy as np
import onnxruntime

import onnx

from .registry import NotApplicable

#: Of the largest number of an output; what differs by less, a rare input may show, or none.
LEAST = 1e-3
ROWS, SIDE, TRIES = 2, 64, 3

Answers = list[list[np.ndarray]]


def must_differ(before: onnx.ModelProto, after: onnx.ModelProto) -> None:
    """`NotApplicable` where drawn inputs give the same, and where the changed model cannot be run at all."""
    try:
        known, changed = _answers(before), _answers(after)
    except Exception as error:
        raise NotApplicable("the runtime refuses it") from error
    pairs = ((own, other) for owns, others in zip(known, changed) for own, other in zip(owns, others))
    if not any(_differ(own, other) for own, other in pairs):
        raise NotApplicable("the same for all that is tried")


def _differ(own: np.ndarray, other: np.ndarray) -> bool:
    if own.shape != other.shape:
        return True
    if own.dtype.kind != "f":
        return not np.array_equal(own, other)
    return own.size > 0 and float(np.abs(own - other).max()) > LEAST * float(np.abs(own).max())


def _answers(model: onnx.ModelProto) -> Answers:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # That of ONNX Runtime 1.20.1 joins a Pad with an AveragePool that leaves pads out, which gives other numbers.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(1)
    return [session.run(None, {each.name: _drawn(each, rng) for each in session.get_inputs()}) for _ in range(TRIES)]


def _drawn(entry: onnxruntime.NodeArg, rng: np.random.Generator) -> np.ndarray:
    free = {axis: ROWS if axis == 0 else SIDE for axis in range(len(entry.shape))}
    shape = [length if isinstance(length, int) else free[axis] for axis, length in enumerate(entry.shape)]
    if entry.type != "tensor(float)":
        raise NotApplicable(f"an input of {entry.type}")
    return rng.normal(size=shape).astype(np.float32)
