"""A TFLite file as a source, computed by TFLite's own interpreter."""

import struct
from typing import Any

import numpy as np
import tensorflow as tf
from tf2onnx.tflite.Model import Model

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .checkpoint import Checkpoint
from .ports import RUNNABLE, Arrays, Port
from .source import Run, Source

CUSTOM = 32
#: Custom operators that tf2onnx writes as ONNX.
KNOWN = frozenset({"TFLite_Detection_PostProcess"})
Resolver = tf.lite.experimental.OpResolverType


def tflite_source(checkpoint: Checkpoint, request: Request) -> Source:
    """`Failure` for operators of a library, several networks, and types that no device can be fed with."""
    content = checkpoint.path.read_bytes()
    try:
        foreign = _foreign(content)
        if foreign:
            raise _library(checkpoint, foreign)
        interpreter = _interpreter(content, Resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    except (ValueError, RuntimeError, struct.error) as error:
        message = f"TFLite cannot load {checkpoint.shown}: {last_line(error)[:300]}"
        raise Failure("input", "checkpoint-unreadable", message, "It may be truncated: convert it again.") from error
    signature = next(iter(interpreter._get_full_signature_list().values()), None)
    inputs = _ports(interpreter.get_input_details(), signature and signature["inputs"])
    outputs = _ports(interpreter.get_output_details(), signature and signature["outputs"])
    # As a device runs it, and with TFLite's other kernels.
    run, *others = [
        _runner(content, resolver, inputs, outputs)
        for resolver in (Resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES, Resolver.BUILTIN_REF, Resolver.BUILTIN)
        if _has_all(content, resolver)
    ]
    file, names = str(checkpoint.path), _tensor_names(content)
    return Source(request.name, inputs, outputs, run, others=others, file=file, names=names)


def _foreign(content: bytes) -> list[str]:
    """Custom operators that are not known here. Raises struct.error for bytes that are no such file."""
    model = Model.GetRootAsModel(content, 0)
    if model.SubgraphsLength() < 1:
        raise ValueError("it has no graph")
    codes = [model.OperatorCodes(at) for at in range(model.OperatorCodesLength())]
    names = [(code.CustomCode() or b"").decode(errors="replace") for code in codes if code.BuiltinCode() == CUSTOM]
    return sorted(set(names) - KNOWN)


def _tensor_names(content: bytes) -> list[str]:
    model = Model.GetRootAsModel(content, 0)
    graphs = [model.Subgraphs(at) for at in range(model.SubgraphsLength())]
    names = [graph.Tensors(at).Name() for graph in graphs for at in range(graph.TensorsLength())]
    return [(name or b"").decode(errors="replace") for name in names]


def _library(checkpoint: Checkpoint, foreign: list[str]) -> Failure:
    message = f"{checkpoint.shown} needs operators of a library: {', '.join(foreign)}"
    hint = "Convert it without custom operators and without Select TF ops."
    return Failure("input", "custom-operator", message, hint)


def _interpreter(content: bytes, resolver: Any) -> Any:
    return tf.lite.Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=resolver)


def _has_all(content: bytes, resolver: Any) -> bool:
    """The reference kernels lack some operators, such as ELU."""
    try:
        _interpreter(content, resolver)
    except ValueError:
        return False
    return True


def _ports(details: list[dict[str, Any]], signature: dict[str, int] | None) -> tuple[Port, ...]:
    """By the names of the file's signature, in its order; else by the tensors' own."""
    by_index = {entry["index"]: entry for entry in details}
    named = signature or {entry["name"]: entry["index"] for entry in details}
    return tuple(_port(name, by_index[index]) for name, index in named.items())


def _port(name: str, entry: dict[str, Any]) -> Port:
    dtype = np.dtype(entry["dtype"]).name
    if dtype not in RUNNABLE:
        hint = "Convert it with inputs and outputs of floats or integers."
        raise Failure("input", "dtype-unsupported", f"{name} is {dtype}, which the runtime cannot take", hint)
    shape = entry["shape_signature"] if len(entry["shape_signature"]) else entry["shape"]
    return Port(name, entry["name"], dtype, tuple(None if size < 0 else int(size) for size in shape))


def _runner(content: bytes, resolver: Any, inputs: tuple[Port, ...], outputs: tuple[Port, ...]) -> Run:
    made: list[Any] = []

    def run(arrays: Arrays) -> Arrays:
        if not made:
            made.append(_interpreter(content, resolver))
        interpreter = made[0]
        places = {entry["name"]: entry["index"] for entry in interpreter.get_input_details()}
        found = {entry["name"]: entry["index"] for entry in interpreter.get_output_details()}
        try:
            for port in inputs:
                interpreter.resize_tensor_input(places[port.tensor], arrays[port.name].shape, strict=True)
            interpreter.allocate_tensors()
            for port in inputs:
                interpreter.set_tensor(places[port.tensor], arrays[port.name])
            interpreter.invoke()
        except RuntimeError as error:
            raise ValueError(last_line(error)) from error
        return {port.name: np.array(interpreter.get_tensor(found[port.tensor])) for port in outputs}

    return run
