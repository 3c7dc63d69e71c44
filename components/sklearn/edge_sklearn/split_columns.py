"""Rows on both sides of the splits of trees that see the model's own columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Arrays, Input
from .domain import splits_of
from .rows import Generator, length, take
from .source import Source

#: Of the larger of the threshold and the column's width: a hundred times float32's rounding.
BESIDE = 1e-5
#: Of that, where nothing is computed before a number is compared with its threshold.
OWN = 1 / 16
#: Rows below a split, and the same rows above it.
Sides = tuple[Arrays, Arrays]


@dataclass(frozen=True)
class Split:
    """A column, by its input and its place there, and numbers on both sides of a threshold."""

    entry: Input
    place: int
    below: float
    above: float


class OwnColumns:
    """The splits of the model's own columns."""

    def __init__(self, source: Source) -> None:
        self.width = source.columns.count
        self.splits: Sequence[Split] = list(_splits(source))

    def sides(self, chosen: Sequence[int], rows: Arrays, size: int, rng: Generator) -> list[Sides]:
        """For each split `size` rows, with the number below in its column, and with the number above."""
        return [self._of(self.splits[at], take(rows, rng.integers(length(rows), size=size))) for at in chosen]

    def _of(self, split: Split, rows: Arrays) -> Sides:
        return _placed(rows, split, split.below), _placed(rows, split, split.above)


def _splits(source: Source) -> Iterator[Split]:
    columns = source.columns
    thresholds = splits_of(source.model, columns.count, columns.names)
    for entry in columns.inputs:
        if entry.kind not in ("float32", "float64") and not entry.kind.startswith("int"):
            continue
        for place, feature in enumerate(entry.features):
            for threshold, beside in zip(thresholds[feature], besides(thresholds[feature])):
                yield Split(entry, place, *_numbers(entry.kind, float(threshold), OWN * float(beside)))


def besides(thresholds: NDArray[Any]) -> NDArray[Any]:
    """How far from each of a column's thresholds a row is just below or above it."""
    width = np.ptp(thresholds) if len(thresholds) else 0.0
    return np.asarray(BESIDE * np.maximum(np.abs(thresholds), width))


def _numbers(kind: str, threshold: float, beside: float) -> tuple[float, float]:
    if kind.startswith("int"):
        return float(np.ceil(threshold) - 1), float(np.floor(threshold) + 1)
    return threshold - beside, threshold + beside


def _placed(rows: Arrays, split: Split, value: float) -> Arrays:
    moved = rows[split.entry.name].copy()
    # Float32 first, as everywhere: both sides of the comparison see the same number.
    moved[:, split.place] = np.float32(value) if moved.dtype.kind == "f" else value
    return {**rows, split.entry.name: moved}
