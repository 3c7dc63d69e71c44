"""The ONNX's own layout of an input or output: channels may have been moved to the front."""

from collections.abc import Iterable

import numpy as np
import onnx

from .ports import Array, Arrays

TO_FRONT = (0, 3, 1, 2)
TO_BACK = (0, 2, 3, 1)


class Layout:
    """Which ports have channels first in the ONNX and last in the source."""

    def __init__(self, inputs: Iterable[str], outputs: Iterable[str]) -> None:
        self.inputs, self.outputs = frozenset(inputs), frozenset(outputs)

    def to_source(self, arrays: Arrays) -> Arrays:
        """Inputs of the ONNX as the source takes them."""
        return {name: _moved(array, TO_BACK) if name in self.inputs else array for name, array in arrays.items()}

    def to_onnx(self, arrays: Arrays) -> Arrays:
        """Outputs of the source as the ONNX gives them."""
        return {name: _moved(array, TO_FRONT) if name in self.outputs else array for name, array in arrays.items()}


def _moved(array: Array, order: tuple[int, ...]) -> Array:
    return np.ascontiguousarray(array.transpose(order))


def fixed_sizes(value: onnx.ValueInfoProto) -> list[int]:
    """Lengths; 0 where an axis is free."""
    return [max(0, dim.dim_value) for dim in value.type.tensor_type.shape.dim]
