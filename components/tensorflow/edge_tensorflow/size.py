"""How large a model may be: TensorFlow's graphs and ONNX files are protobufs, which end at 2 GiB."""

from collections.abc import Iterable
from math import prod
from typing import Any

from edge_engine.failure import Failure

#: Bytes of weights; the rest of a graph has room beside them.
LARGEST = (1 << 31) - (1 << 20)


def refuse_large(size: int, largest: int = LARGEST) -> None:
    """`Failure` for more bytes of weights than that: neither TensorFlow's graph nor tf2onnx's can hold them."""
    if size <= largest:
        return
    message = f"the model has {_gibibytes(size)} GiB of weights, the limit is {_gibibytes(largest)} GiB"
    hint = (
        "TensorFlow cannot freeze more, also with `large_model: true`: split the network into two models, "
        "or narrow its largest layers, such as an embedding's rows."
    )
    raise Failure("input", "weights-too-large", message, hint)


def bytes_of(weights: Iterable[Any]) -> int:
    """Of variables of TensorFlow or Keras, without a look at their values."""
    return sum(prod(weight.shape) * _item(weight.dtype) for weight in weights)


def _item(dtype: Any) -> int:
    """Bytes of one value: Keras names its types, TensorFlow's know their size."""
    name = str(getattr(dtype, "name", dtype))
    digits = "".join(letter for letter in name if letter.isdigit())
    return max(1, int(digits or 8) // 8)


def _gibibytes(size: int) -> str:
    return f"{size / 2**30:.3g}"
