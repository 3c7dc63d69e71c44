"""Reads a checkpoint's pickle without running anything of it: it makes tensors, plain data, and nothing else.

`torch.load(weights_only=True)` of torch 1.13 is not enough: it refuses what training writes beside the weights, and
older files get past it (CVE-2025-32434). Here no name in a file is ever looked up: a few stand for our own functions,
those of what training leaves behind become objects that do nothing, and any other one is refused by its name. No
opcode reaches a real tensor: the pickle sees wrappers.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import IO, Any

import torch

#: What an optimizer, a logger or a hook leaves beside the weights. No object of theirs is made.
LEFT_BEHIND = frozenset(
    (
        "mmengine",
        "mmcv",
        "mmdet",
        "mmpretrain",
        "mmcls",
        "mmseg",
        "numpy",
        "collections",
        "datetime",
        "pathlib",
        "torch",
    )
)
#: Types without a name of their own in a pickle; `getattr` is how it names a method (mmengine's HistoryBuffer).
PLAIN_NAMES = frozenset(
    "bool bytearray bytes complex dict float frozenset getattr int list object range set slice str tuple".split()
)
STORAGES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


class NotTensorsError(Exception):
    """The file wants more than tensors and plain data; the text says what."""


class Inert:
    """Stands for an object that was left behind: takes whatever a pickle gives it, and does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> "Inert":
        return self

    def __setstate__(self, state: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def append(self, item: Any) -> None:
        pass

    def extend(self, items: Any) -> None:
        pass

    def add(self, item: Any) -> None:
        pass


class Numbers(Inert):
    """A tensor, out of the pickle's reach."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor


class TensorUnpickler(pickle.Unpickler):
    """storage: makes the flat tensor that a persistent id stands for."""

    def __init__(self, file: IO[bytes], storage: Callable[[Any], torch.Tensor]) -> None:
        super().__init__(file, encoding="utf-8")
        self._storage = storage

    def find_class(self, module: str, name: str, /) -> Any:
        own = OWN.get((module, name))
        if own is not None:
            return own
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        if (module in ("builtins", "__builtin__") and name in PLAIN_NAMES) or module.partition(".")[0] in LEFT_BEHIND:
            return Inert
        raise NotTensorsError(f"it requires {module}.{name}")

    def persistent_load(self, pid: Any, /) -> Numbers:
        return Numbers(self._storage(pid))


def _tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Numbers:
    """A view of a flat tensor; torch refuses one that would reach past its end."""
    if not isinstance(storage, Numbers):
        raise NotTensorsError("it contains a tensor without values")
    if any(number < 0 for number in (offset, *size, *stride)):
        raise NotTensorsError("it contains a tensor of negative size")
    return Numbers(torch.as_strided(storage.tensor, tuple(size), tuple(stride), offset))


def _parameter(data: Any = None, *_: Any) -> Any:
    return data


def _size(numbers: Any = ()) -> tuple[Any, ...]:
    return tuple(numbers) if isinstance(numbers, (list, tuple)) else ()


OWN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch", "Size"): _size,
    ("_codecs", "encode"): Inert,
    ("copyreg", "_reconstructor"): Inert,
}
