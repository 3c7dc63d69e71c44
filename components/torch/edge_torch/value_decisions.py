"""Finds where a module's Python code decides by the *values* of its inputs: the exporter torchscript keeps one branch.

Run eagerly, sizes are plain numbers, so that only real values pass here. Each tensor that comes of an input is marked.
"""

import linecache
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from .call import Call

READERS = ("__bool__", "__int__", "__float__", "__index__", "item", "tolist", "numpy")


class _Marked(torch.Tensor):  # type: ignore[misc]
    """Operators of a marked tensor give marked ones."""

    places: "list[tuple[str, str]]" = []
    folder = Path()

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in READERS:
            place = _place(cls.folder)
            if place is not None and place not in cls.places:
                cls.places.append(place)
        return super().__torch_function__(func, types, args, kwargs or {})


def value_decisions(call: Call, tensors: Sequence[torch.Tensor], folder: Path) -> list[tuple[str, str]]:
    """(`model.py, line 9`, `if x.sum() > 0:`) of the model's own code, without assertions."""
    if isinstance(call.module, torch.jit.ScriptModule):
        return []
    _Marked.places, _Marked.folder = [], folder.resolve()
    try:
        with torch.no_grad():
            call.of(call.module, [tensor.as_subclass(_Marked) for tensor in tensors])
    except Exception:  # a marked tensor is not taken everywhere: what was seen until then still holds
        return list(_Marked.places)
    return list(_Marked.places)


def _place(folder: Path) -> "tuple[str, str] | None":
    for frame in reversed(traceback.extract_stack()):
        path = Path(frame.filename)
        if path.is_absolute() and path.resolve().is_relative_to(folder):
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()
            asserts = line.startswith("assert") or "torch._assert" in line
            return None if asserts else (f"{path.resolve().relative_to(folder)}, line {frame.lineno}", line)
    return None
