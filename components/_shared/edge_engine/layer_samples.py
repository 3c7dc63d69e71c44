"""Samples of what layers get, as references: of few cases, in little space.

A wrong weight shows right behind it more than anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .references import References

Arrays = dict[str, NDArray[Any]]

BYTES = 16 << 20
CASES = 3
#: Of a batch; of a map or of a sequence, along each axis of the first input that is seen.
ROWS, PLACES = 2, 4
#: Of a batch of vectors, which have no places.
VECTORS = 8


@dataclass(frozen=True)
class Sampling:
    """Which values of a tensor are kept: the first rows, and of each further axis every so many-th place."""

    channel_axis: int
    rows: int
    steps: tuple[int, ...]

    def of(self, tensor: Any) -> Any:
        """A view of a tensor or an array."""
        return tensor[(slice(0, self.rows), *(slice(None, None, step) for step in self.steps[1:]))]

    def described(self, layer: str) -> dict[str, Any]:
        """As the references' metadata have it. layer: its name in the source."""
        return {"channel_axis": self.channel_axis, "rows": self.rows, "steps": list(self.steps), "layer": layer}


def sampling_of(shape: Sequence[int], channel_axis: int) -> Sampling:
    """All rows and channels have steps of one."""
    steps = [1 if axis in (0, channel_axis) else max(1, int(length) // PLACES) for axis, length in enumerate(shape)]
    return Sampling(channel_axis, ROWS if len(steps) > 2 else VECTORS, tuple(steps))


@dataclass(frozen=True)
class Pair:
    """One case. Both have the same names and shapes."""

    case: str
    single: Arrays
    double: Arrays

    @property
    def bytes(self) -> int:
        return sum(array.nbytes for array in (*self.single.values(), *self.double.values()))


class LayerReferences:
    """Collects the samples of cases, then adds those of the cheapest ones to the references."""

    def __init__(self) -> None:
        self._pairs: list[Pair] = []

    def add(self, case: str, single: Arrays, double: Arrays) -> None:
        """Only what float64 was computed of."""
        names = [name for name in single if name in double and double[name].dtype == np.float64]
        names = [name for name in names if single[name].shape == double[name].shape]
        pair = Pair(case, {name: single[name] for name in names}, {name: double[name] for name in names})
        self._pairs = sorted([*self._pairs, pair], key=lambda each: each.bytes)[:CASES]

    @property
    def cheapest(self) -> "str | None":
        """The case with the fewest values."""
        return self._pairs[0].case if self._pairs else None

    def attach(self, references: References, samplings: Mapping[str, Sampling], tensors: Mapping[str, str]) -> None:
        """tensors: of layers that the graph has, the name of their input there."""
        room = BYTES
        for pair in self._pairs:
            kept = {layer: tensor for layer, tensor in tensors.items() if layer in pair.single}
            part = Pair(
                pair.case, {each: pair.single[each] for each in kept}, {each: pair.double[each] for each in kept}
            )
            room -= part.bytes
            if room < 0:
                break
            arrays = {f"layer.fp32/{tensor}": pair.single[layer] for layer, tensor in kept.items()}
            arrays |= {f"layer.fp64/{tensor}": pair.double[layer] for layer, tensor in kept.items()}
            if references.attach(pair.case, arrays):
                for layer, tensor in kept.items():
                    references.layers[tensor] = samplings[layer].described(layer)
