"""Texts in references: safetensors has no type for them, so they are bytes, each text filled up with zeros."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

TEXT_KINDS = ("U", "O")


class Texts:
    """UTF-8 of an array of texts, as `References` takes arrays: with one more axis, as long as the longest text."""

    def __init__(self, shape: Iterable[int], texts: Iterable[Any]) -> None:
        cells = [str(text).encode() for text in texts]
        if any(b"\0" in cell for cell in cells):
            raise ValueError("a string contains a NUL byte, which runtimes do not keep")
        longest = max([1, *map(len, cells)])
        self._bytes = b"".join(cell.ljust(longest, b"\0") for cell in cells)
        self.shape = (*shape, longest)
        self.dtype = SimpleNamespace(name="uint8", itemsize=1)
        self.nbytes = len(self._bytes)

    def tobytes(self) -> bytes:
        return self._bytes


def is_text(array: Any) -> bool:
    """Whether a NumPy array holds texts, as `str` or as objects."""
    return getattr(array.dtype, "kind", "") in TEXT_KINDS
