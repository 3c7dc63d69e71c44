"""Adaptive average pooling as torch does it, at every size: MMDeploy writes windows of whole strides instead."""

import functools
from typing import Any

import torch
from torch.nn.modules.utils import _pair

#: Of an axis: a number where it is fixed, a tensor of the trace where it is open.
Length = Any


@functools.cache
def pool_as_source() -> None:
    """From now on MMDeploy's rewriting for ONNX Runtime has this pooling (PSPNet, UPerNet and their kin)."""
    from mmdeploy.core import FUNCTION_REWRITER
    from mmdeploy.utils import Backend

    name = "torch.nn.functional.adaptive_avg_pool2d"
    FUNCTION_REWRITER.register_rewriter(func_name=name, backend=Backend.ONNXRUNTIME.value)(_adaptive_avg_pool2d)


def _adaptive_avg_pool2d(input: torch.Tensor, output_size: Any) -> Any:
    """A fixed size that is a multiple of the bins keeps MMDeploy's plain AveragePool, which is equal there."""
    from mmdeploy.core import FUNCTION_REWRITER
    from mmdeploy.utils import is_dynamic_shape

    context = FUNCTION_REWRITER.get_context()
    bins = _pair(output_size)
    if tuple(bins) == (1, 1):
        return context.origin_func(input, bins)
    size = list(input.shape[-2:])
    return pool(input, size if is_dynamic_shape(context.cfg) else [int(length) for length in size], bins)


def pool(tensor: torch.Tensor, size: list[Length], bins: tuple[int | None, int | None]) -> torch.Tensor:
    """tensor: [..., h, w]. size: of h and w. bins: of the result; None: as many as places.

    Bins may overlap, and differ in length by one.
    """
    (height, width), (rows, columns) = size, bins
    if _are_whole(height, rows) and _are_whole(width, columns):
        strides = [int(length) // count for length, count in zip(size, bins) if count is not None]
        return torch.nn.functional.avg_pool2d(tensor, strides, strides)
    if rows is not None:
        inside = windows(height, rows, tensor)
        tensor = torch.matmul(inside, tensor) / inside.sum(1, keepdim=True)
    if columns is not None:
        inside = windows(width, columns, tensor)
        tensor = torch.matmul(tensor, inside.transpose(0, 1)) / inside.sum(1)
    return tensor


def windows(length: Length, bins: int, like: torch.Tensor) -> torch.Tensor:
    """[bins, length]: 1 where a place is in a bin, 0 elsewhere; of the type of `like`."""
    places = torch.arange(length, device=like.device)
    edges = torch.arange(bins, device=like.device) * length
    starts = torch.div(edges, bins, rounding_mode="floor")
    ends = torch.div(edges + length + (bins - 1), bins, rounding_mode="floor")
    inside = (places >= starts.unsqueeze(1)) & (places < ends.unsqueeze(1))
    return inside.to(like.dtype)


def _are_whole(length: Length, bins: int | None) -> bool:
    return isinstance(length, int) and bins is not None and length % bins == 0
