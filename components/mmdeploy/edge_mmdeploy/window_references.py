"""The source's own inference over windows, on inputs larger than one: what a device has to make of the graph's."""

import math

import numpy as np
import torch

from edge_engine.failure import last_line
from edge_engine.references import References

from .arrays import Array
from .evaluate import kept_double
from .unpatched import FAILED, Unpatched
from .windows import Windows

#: Places of an output that are kept: every k-th row and column.
MOST_PLACES = 1 << 14
#: Beside each other, so that a window of another place or stride sees something else.
DARK = 0.3


def add_windows(
    references: References, source: Unpatched, window: torch.Tensor, windows: Windows, names: tuple[str, str]
) -> None:
    """`aux/windows.N/in/<input>`, `/fp32/<output>`, `/fp64/<output>` and `/step`, in the first usual case.

    window: an input of the graph, [1, c, h, w]. names: of the input and of the output. One input is three windows wide,
    one is three high, and the last window of each overlaps more than the stride says.
    """
    case = next((case for case, kind in references.kinds.items() if kind in ("real", "random")), None)
    if case is None or source.reason is not None:
        references.left_out["windows"] = source.reason or "the references contain no real or random case"
        return
    aux: dict[str, Array] = {}
    for number, tensor in enumerate(_larger(window, windows)):
        try:
            single, double = _inference(source, tensor)
        except FAILED as error:
            references.left_out["windows"] = f"the source model's own inference fails: {last_line(error)[:200]}"
            return
        step = math.ceil(math.sqrt(tensor.shape[2] * tensor.shape[3] / MOST_PLACES))
        found = {"fp32": single, **({} if double is None else {"fp64": double})}
        aux |= {
            f"windows.{number}/{part}/{names[1]}": np.ascontiguousarray(value[:, :, ::step, ::step].numpy())
            for part, value in found.items()
        }
        aux |= {f"windows.{number}/in/{names[0]}": tensor.numpy(), f"windows.{number}/step": np.array([step], np.int64)}
    if not references.attach(case, aux):
        references.left_out["windows"] = "it would make the references too large"


def _larger(window: torch.Tensor, windows: Windows) -> list[torch.Tensor]:
    return [
        _row(window, axis, windows.size[place] + windows.stride[place] + windows.stride[place] // 2)
        for place, axis in ((0, 3), (1, 2))
    ]


def _row(window: torch.Tensor, axis: int, length: int) -> torch.Tensor:
    parts = [window, DARK * window.flip(axis), window]
    return torch.cat(parts, axis).narrow(axis, 0, length).contiguous()


def _inference(source: Unpatched, tensor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
    """In float32; in float64 where the model can be computed in it."""
    single = _run(source, tensor)
    with source.in_double(), kept_double():
        try:
            double = _run(source, tensor.double())
        except FAILED:
            return single, None
    return single, None if double.dtype != torch.float64 else double


def _run(source: Unpatched, tensor: torch.Tensor) -> torch.Tensor:
    size = tuple(tensor.shape[2:])
    meta = {**dict.fromkeys(("img_shape", "ori_shape", "pad_shape"), size), "padding_size": [0] * 4}
    with torch.no_grad():
        found: torch.Tensor = source.model.inference(tensor, [meta])
    return found
