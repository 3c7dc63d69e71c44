"""Rows on both sides of the splits of trees that see what a pipeline's steps give them: scaled, encoded, projected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn.pipeline import Pipeline

from .columns import Arrays
from .domain import splits_of
from .rows import Generator, length, take
from .source import Source, widened
from .split_columns import BESIDE, Sides, besides
from .walk import is_imputer, members_of

#: Rounds of looking for the place where a threshold is passed: one is enough for a scaler, a jump takes all.
ROUNDS = 36
#: Of the way: what needs more is not near the threshold any more.
WIDEST = 0.05
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """A column of what the steps give, a threshold there, and how far from it a number is just below or above."""

    place: int
    threshold: float
    beside: float


class BehindSteps:
    """The splits of trees behind the same steps of a pipeline."""

    def __init__(self, source: Source, steps: Pipeline, width: int, splits: Sequence[Split]) -> None:
        #: Columns that the steps give.
        self.width = width
        self.source, self.steps, self.splits = source, steps, splits

    def sides(self, chosen: Sequence[int], rows: Arrays, size: int, rng: Generator) -> list[Sides]:
        """For each split up to `size` rows where the steps' number is just below the threshold, and just above it.

        They lie between two rows that are on different sides. What the steps compute need not be known for that.
        Only columns of numbers differ between the two; whole numbers, categories and texts are one row's.
        """
        splits = [self.splits[at] for at in chosen for _ in range(size)]
        start, end = (take(rows, rng.integers(length(rows), size=len(splits))) for _ in range(2))
        way = _Way(self.source, self.steps, splits, (start, end))
        place, found = way.passed()
        before, after = way.rows(place - way.least), way.rows(place + way.least)
        each = [np.arange(at, at + size)[found[at : at + size]] for at in range(0, len(splits), size)]
        return [(take(before, mine), take(after, mine)) for mine in each]


def behind_steps(source: Source) -> Iterator[BehindSteps]:
    """Of each pipeline in the model whose last estimator has trees."""
    for steps, last in _pipelines(source.model):
        found = list(_splits(last))
        if found:
            # Only the steps are copied: trees may be large.
            yield BehindSteps(source, widened(steps), last.n_features_in_, found)


class _Way:
    """From one row to another, for many pairs of rows at once, each with a split of its own."""

    def __init__(self, source: Source, steps: Pipeline, splits: Sequence[Split], ends: tuple[Arrays, Arrays]) -> None:
        self.source, self.steps, self.start = source, steps, ends[0]
        self.moved = {name: _difference(source, name, *ends) for name in ends[0]}
        self.split_places = np.array([split.place for split in splits])
        self.thresholds = np.array([split.threshold for split in splits])
        #: What is near a threshold, in the steps' own numbers.
        self.beside = np.array([split.beside for split in splits])
        #: The part of the way that is more than rounding, of the inputs and of what the steps give.
        self.least = _least(self.start, self.moved)

    def passed(self) -> tuple[Numbers, NDArray[np.bool_]]:
        """The part of the way, from 0 to 1, at which the threshold is passed, and for which pairs it was found."""
        low, high = np.zeros(len(self.thresholds)), np.ones(len(self.thresholds))
        below, above = self._beyond(low), self._beyond(high)
        passes = np.isfinite(below) & np.isfinite(above) & (below * above < 0)
        below, above = np.where(passes, below, -1.0), np.where(passes, above, 1.0)
        self.least = np.maximum(self.least, self.beside / (np.abs(above) + np.abs(below)))
        passes &= self.least < WIDEST
        place, found = low, ~passes
        for turn in range(ROUNDS):
            # Both ends' straight line is right for a scaler; every other time the middle, for steps that bend or jump.
            part = low + (high - low) * (below / (below - above) if turn % 2 == 0 else 0.5)
            value = self._beyond(part)
            near = (np.abs(value) <= self.beside / 4) | (high - low <= self.least / 4)
            place, found = np.where(near & ~found, part, place), found | near
            if found.all():
                break
            is_low = value * below > 0
            low, below = np.where(is_low, part, low), np.where(is_low, value, below)
            high, above = np.where(is_low, high, part), np.where(is_low, above, value)
        return place, found & passes

    def rows(self, part: Numbers) -> Arrays:
        """Float32 first, as everywhere: both sides of the comparison see the same number."""
        return {
            name: (array + self.moved[name] * part[:, None]).astype(np.float32).astype(array.dtype)
            if array.dtype.kind == "f"
            else array
            for name, array in self.start.items()
        }

    def _beyond(self, part: Numbers) -> Numbers:
        """How far the steps' number is beyond the threshold."""
        given = self.steps.transform(self.source.columns.table(self.rows(part), "float64"))
        given = given if hasattr(given, "toarray") else np.asarray(given)
        found: Numbers = np.asarray(given[np.arange(len(part)), self.split_places], np.float64).reshape(-1)
        return np.asarray(found - self.thresholds)


def _difference(source: Source, name: str, start: Arrays, end: Arrays) -> Numbers:
    """From a row to the other one; nothing for what is not a number, or a category."""
    if start[name].dtype.kind != "f":
        return np.zeros(start[name].shape)
    difference = end[name].astype(np.float64) - start[name]
    return np.asarray(np.where(source.is_category[name] | ~np.isfinite(difference), 0.0, difference))


def _least(start: Arrays, moved: dict[str, Numbers]) -> Numbers:
    """The part of the way by which half of the columns that move go further than float32 rounds."""
    numbers = [name for name, array in start.items() if array.dtype.kind == "f"]
    if not numbers:
        return np.full(length(start), np.inf)
    values = np.concatenate([start[name] for name in numbers], axis=1)
    difference = np.abs(np.concatenate([moved[name] for name in numbers], axis=1))
    moves = difference > 0
    parts = np.where(moves, BESIDE * np.maximum(np.abs(values) / np.where(moves, difference, 1), 1), np.inf)
    middle = (moves.sum(axis=1, keepdims=True) - 1).clip(0) // 2
    return np.asarray(np.take_along_axis(np.sort(parts, axis=1), middle, axis=1)[:, 0], np.float64)


def _pipelines(model: Any) -> Iterator[tuple[Pipeline, Any]]:
    """The steps before a pipeline's last one, and that last one."""
    if isinstance(model, Pipeline):
        steps = [(name, step) for name, step in model.steps if step not in (None, "passthrough")]
        before, last = Pipeline(steps[:-1] or [("nothing", "passthrough")]), steps[-1][1]
        # What is only filled keeps its own numbers: `OwnColumns` has these splits.
        if not all(is_imputer(step) for _, step in steps[:-1]):
            yield before, last
        for inner, end in _pipelines(last):
            yield Pipeline([("before", before), ("inner", inner)]), end
    for member, columns in members_of(model):
        if columns is None:
            yield from _pipelines(member)


def _splits(last: Any) -> Iterator[Split]:
    count = getattr(last, "n_features_in_", None)
    if count is None:
        return
    names = getattr(last, "feature_names_in_", None)
    for place, thresholds in enumerate(splits_of(last, count, None if names is None else tuple(names))):
        for threshold, beside in zip(thresholds, besides(thresholds)):
            yield Split(place, float(threshold), float(beside))
