"""Kinds of layers, by TensorFlow's operators, and what ONNX has for them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of layer: the operators that it is in ONNX, and those that may stand between it and what it gets."""

    operators: frozenset[str]
    through: frozenset[str] = frozenset({"Identity"})
    #: Which input it is in TensorFlow. In ONNX it is the first.
    place: int = 0
    #: Channels are second in ONNX, whatever TensorFlow has.
    is_map: bool = False
    #: The ONNX may fold several axes to one before the operator: what has the source's name is taken, before that.
    is_named: bool = False


_MOVED = frozenset({"Identity", "Transpose"})
_CONVOLUTION = Kind(frozenset({"Conv"}), _MOVED, is_map=True)
_TRANSPOSED = Kind(frozenset({"ConvTranspose"}), _MOVED, place=2, is_map=True)
_PRODUCT = Kind(frozenset({"MatMul", "Gemm"}), frozenset({"Identity", "Squeeze", "Unsqueeze"}))
_EINSUM = Kind(frozenset({"Einsum", "MatMul", "Gemm"}), frozenset({"Identity", "Unsqueeze", "Reshape"}), is_named=True)
#: By TensorFlow's operator. A recurrent layer is a loop there, over a list that is made of what it gets.
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("Conv2D", "Conv3D", "DepthwiseConv2dNative"), _CONVOLUTION),
    **dict.fromkeys(("Conv2DBackpropInput", "Conv3DBackpropInputV2"), _TRANSPOSED),
    **dict.fromkeys(
        ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"),
        Kind(frozenset({"BatchNormalization"}), _MOVED, is_map=True),
    ),
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), _PRODUCT),
    "Einsum": _EINSUM,
    # A loop that stays one takes a step after the other from what stands outside of it.
    "TensorListFromTensor": Kind(frozenset({"LSTM", "GRU", "RNN", "Gather"})),
}
#: Parts of an operator's name that are no layer's: calls of functions, and what an operation of Keras is made of.
_CALL = re.compile(r"(Stateful)?PartitionedCall(_\d+)?")
_INSIDE = frozenset({"Tensordot", "TensorArrayUnstack", "einsum"})


def layer_name(operator: str, taken: Collection[str]) -> str:
    """Of a layer's operator: `model/dense` for `PartitionedCall/model/dense/Tensordot/MatMul`."""
    parts = [part for part in operator.split("/") if not _CALL.fullmatch(part)][:-1]
    while parts and parts[-1] in _INSIDE:
        parts.pop()
    name = "/".join(parts)
    return operator if name in ("", *taken) else name
