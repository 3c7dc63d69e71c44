"""Inputs and outputs of a model, and the arrays that go through them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from edge_engine.failure import Failure

Array = NDArray[Any]
Arrays = dict[str, Array]

#: What onnxruntime-node can feed and fetch, and safetensors can hold.
RUNNABLE = frozenset({"float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool", "string"})
TEXT = "string"


@dataclass(frozen=True)
class Port:
    """name: as a device says it. tensor: as the TensorFlow graph says it. None in the shape is a free axis."""

    name: str
    tensor: str
    dtype: str
    shape: tuple[int | None, ...]


def port_of(name: str, tensor: Any) -> Port:
    """Of a symbolic tensor. `Failure` for one without a rank, or of a type that no device can be fed with."""
    dtype = tf.dtypes.as_dtype(tensor.dtype).name
    if dtype not in RUNNABLE:
        hint = "Cast it in the model: inputs and outputs are floats, integers of up to 64 bits, bool or texts."
        raise Failure("input", "dtype-unsupported", f"{name} is {dtype}, which the runtime cannot take", hint)
    if tensor.shape.rank is None:
        hint = "Say it in conversion.yaml: tensorflow: {input_signature: [{name: x, shape: [null, 32, 32, 3]}]}"
        raise Failure("input", "shape-unknown", f"{name} has no known number of axes", hint)
    return Port(name, tensor.name, dtype, tuple(tensor.shape.as_list()))


def in_double(arrays: Arrays) -> Arrays:
    """All floats as float64."""
    return {name: array.astype(np.float64) if array.dtype.kind == "f" else array for name, array in arrays.items()}


def array_of(value: Any) -> Array:
    """Of a TensorFlow value; texts as `str`, which TensorFlow gives as bytes."""
    array: Array = np.asarray(value)
    if array.dtype.kind != "O":
        return array
    texts = [text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in array.ravel()]
    return np.array(texts, dtype=object).reshape(array.shape)
