"""Rows on both sides of where trees split: a threshold that is a little off changes an answer there."""

from collections.abc import Sequence

import numpy as np

from .columns import Arrays
from .effort import numbers_read
from .rows import Generator, length, take
from .source import Source
from .split_columns import OwnColumns, Sides
from .split_steps import BehindSteps, behind_steps
from .stable import equal_rows

#: Splits that are looked at, and numbers that their rows may have together.
MOST = 512
NUMBERS = 1 << 20
#: Rows that a split is tried in, and again if it decided nothing: few rows come to one that lies deep in a tree.
TRIED = (32, 128)
#: Splits that are tried together, and numbers that what the trees see of their rows may have.
TOGETHER = 32
SEEN = 1 << 23
#: Numbers that the source may read for all of them, a few seconds' worth; and how often it answers for one split:
#: for both sides of the rows that it is tried in, and to see whether the two that are kept have one answer each.
READ = 4 << 30
ANSWERS = 2 * sum(TRIED) + 70


def beside_splits(source: Source, rows: Arrays, rng: Generator) -> Arrays | None:
    """Pairs of rows, below a split and above it, that the source answers differently; None where there are none."""
    most = min(MOST, NUMBERS // (2 * source.columns.count), READ // (ANSWERS * numbers_read(source.model)))
    kinds: list[OwnColumns | BehindSteps] = [OwnColumns(source), *behind_steps(source)]
    found = [pair for kind in kinds for pair in _decided(kind, source, rows, most, rng)]
    return _joined(found) if found else None


def _decided(kind: OwnColumns | BehindSteps, source: Source, rows: Arrays, most: int, rng: Generator) -> list[Arrays]:
    """A row on both sides of each split that decides something in one of those that it is tried in."""
    left = rng.permutation(len(kind.splits))[:most].tolist()
    found: list[Arrays] = []
    for size in TRIED:
        undecided: list[int] = []
        together = max(1, min(TOGETHER, SEEN // (size * kind.width)))
        for start in range(0, len(left), together):
            some = left[start : start + together]
            pairs = _deciding(source, kind.sides(some, rows, size, rng))
            undecided += [split for split, pair in zip(some, pairs) if pair is None]
            found += [pair for pair in pairs if pair is not None]
        left = undecided
    return found


def _deciding(source: Source, sides: Sequence[Sides]) -> list[Arrays | None]:
    """For each split the first of its rows whose two sides the source answers differently; None without one."""
    below, above = (_joined([side[which] for side in sides]) for which in (0, 1))
    if not length(below):
        return [None] * len(sides)
    differ = ~equal_rows(source.exact(below), source.exact(above))
    ends = np.cumsum([length(side[0]) for side in sides])
    found: list[Arrays | None] = []
    for (low, high), end in zip(sides, ends):
        deciding = np.flatnonzero(differ[end - length(low) : end])[:1]
        found.append(_joined([take(low, deciding), take(high, deciding)]) if len(deciding) else None)
    return found


def _joined(parts: Sequence[Arrays]) -> Arrays:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
