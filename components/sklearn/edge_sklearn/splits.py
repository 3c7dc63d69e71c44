"""Rows on both sides of where trees split a column: a threshold that is a little off changes an answer there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .columns import Arrays, Input
from .domain import splits_of
from .rows import length, take
from .source import Source
from .stable import equal_rows

#: Splits that are looked at, and numbers that their rows may have together.
MOST = 512
NUMBERS = 1 << 20
#: Rows that a split is tried in, and again if it decided nothing: few rows come to one that lies deep in a tree.
TRIED = (32, 128)
#: Splits that are tried together.
TOGETHER = 32
#: Of the larger of the threshold and the column's width: a hundred times float32's rounding.
BESIDE = 1e-5


@dataclass(frozen=True)
class Split:
    """A column, by its input and its place there, and numbers on both sides of a threshold."""

    entry: Input
    place: int
    below: float
    above: float


def beside_splits(source: Source, rows: Arrays, rng: np.random.Generator) -> Arrays | None:
    """Pairs of rows, below a split and above it, that the source answers differently; None where there are none."""
    splits = list(_splits(source))
    most = min(MOST, NUMBERS // (2 * source.columns.count))
    chosen = [splits[at] for at in rng.permutation(len(splits))[:most]]
    found: list[Arrays] = []
    for tried in TRIED:
        left: list[Split] = []
        for start in range(0, len(chosen), TOGETHER):
            some = chosen[start : start + TOGETHER]
            pairs = _deciding(source, some, [take(rows, rng.integers(length(rows), size=tried)) for _ in some])
            left += [split for split, pair in zip(some, pairs) if pair is None]
            found += [pair for pair in pairs if pair is not None]
        chosen = left
    if not found:
        return None
    return _joined(found)


def _splits(source: Source) -> Iterator[Split]:
    columns = source.columns
    thresholds = splits_of(source.model, columns.count, columns.names)
    for entry in columns.inputs:
        if entry.kind not in ("float32", "float64") and not entry.kind.startswith("int"):
            continue
        for place, feature in enumerate(entry.features):
            numbers = thresholds[feature]
            width = float(np.ptp(numbers)) if len(numbers) else 0.0
            for number in numbers:
                yield Split(entry, place, *_sides(entry.kind, float(number), width))


def _sides(kind: str, threshold: float, width: float) -> tuple[float, float]:
    if kind.startswith("int"):
        return float(np.ceil(threshold) - 1), float(np.floor(threshold) + 1)
    beside = BESIDE * max(abs(threshold), width)
    return threshold - beside, threshold + beside


def _deciding(source: Source, splits: Sequence[Split], tried: Sequence[Arrays]) -> list[Arrays | None]:
    """For each split one of the rows that it is tried in, on both sides; None where it decides nothing in any."""
    below = _joined([_placed(rows, split, split.below) for rows, split in zip(tried, splits)])
    above = _joined([_placed(rows, split, split.above) for rows, split in zip(tried, splits)])
    differ = ~equal_rows(source.exact(below), source.exact(above))
    size = length(tried[0])
    found: list[Arrays | None] = []
    for number in range(len(splits)):
        deciding = np.flatnonzero(differ[number * size : (number + 1) * size])[:1] + number * size
        found.append(_joined([take(below, deciding), take(above, deciding)]) if len(deciding) else None)
    return found


def _placed(rows: Arrays, split: Split, value: float) -> Arrays:
    moved = rows[split.entry.name].copy()
    # Float32 first, as everywhere: both sides of the comparison see the same number.
    moved[:, split.place] = np.float32(value) if moved.dtype.kind == "f" else value
    return {**rows, split.entry.name: moved}


def _joined(parts: Sequence[Arrays]) -> Arrays:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
