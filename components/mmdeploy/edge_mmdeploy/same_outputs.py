"""Whether a graph gives what its source gives, roughly: is an axis baked in, or does it round a little differently?

Validation judges finely; what is looked for here is far outside of any rounding.
"""

from dataclasses import dataclass

import numpy as np

from edge_engine.references import References

from .arrays import Array, Arrays
from .codebase import Task
from .same_detections import SAME
from .variants import WAYS

#: Multiples of the source's own noise; a network that is right stays below 8.
NOISE = 32
#: Smallest noise that counts, of the largest value.
FLOOR = 2.0**-20
OTHER_WAYS = tuple(f"aux/fp32.{way}" for way in range(1, WAYS + 1))
#: Of places of a map, and of boxes.
PLACES, BOXES = 2e-3, 0.1


@dataclass(frozen=True)
class Outputs:
    """names: of the graph's outputs, in order."""

    task: Task
    names: list[str]

    def as_source(self, found: Arrays, references: References, case: str) -> bool:
        """found: for the first row of the case. Also as the source's own `predict`, where nothing is suppressed."""
        name = self.names[0]
        expected = references.array(case, "fp32", name)[:1]
        if self.task == "detection":
            labels = references.array(case, "fp32", self.names[1])[:1]
            return _same_boxes(self._boxes(found), _rows(expected[0], labels[0]))
        own = [references.array(case, "aux/predict", name)[:1]] if references.has(case, "aux/predict", name) else []
        return all(self._same(found[name], each, self.noise(references, case)) for each in (expected, *own))

    def rows_equal(self, alone: Arrays, together: Arrays, place: int, noise: float) -> bool:
        """alone: outputs for one row; together: for several, of which it is one. noise: of the source."""
        row = {name: array[place : place + 1] for name, array in together.items()}
        if self.task == "detection":
            return _same_boxes(self._boxes(row), self._boxes(alone))
        return self._same(row[self.names[0]], alone[self.names[0]], noise)

    def show(self, found: Arrays) -> bool:
        """Whether a fault would be seen in them: not where there is no box. found: for one row."""
        return self.task != "detection" or len(self._boxes(found)) > 0

    def _boxes(self, arrays: Arrays) -> Array:
        return _rows(arrays[self.names[0]][0], arrays[self.names[1]][0])

    def noise(self, references: References, case: str) -> float:
        """How far the source's float32 is from float64, or from itself computed in other ways; 0 of boxes."""
        if self.task == "detection":
            return 0.0
        name = self.names[0]
        single = references.array(case, "fp32", name)
        parts = [part for part in ("fp64", *OTHER_WAYS) if references.has(case, part, name)]
        apart = [np.abs(single - references.array(case, part, name)).max(initial=0) for part in parts]
        return float(max(apart, default=0))

    def _same(self, found: Array, expected: Array, noise: float) -> bool:
        if found.shape != expected.shape:
            return False
        if found.dtype.kind != "f":
            return bool((found != expected).mean() <= PLACES)
        scale = float(np.abs(expected).max(initial=0))
        apart = float(np.abs(found - expected).max(initial=0))
        return apart <= NOISE * max(noise, FLOOR * scale)


def _rows(dets: Array, labels: Array) -> Array:
    """[n, 6]: box, score, label."""
    kept = dets[:, 4] > 0
    rows: Array = np.concatenate([dets[kept], labels[kept, None]], axis=1).astype(np.float64)
    return rows


def _same_boxes(found: Array, expected: Array) -> bool:
    """All but a few have a match: of boxes that hardly differ in score, others may be kept."""
    most = max(len(found), len(expected))
    if most == 0:
        return True
    scale = np.array([1, 1, 1, 1, 100, 1e6])
    matched, free = 0, np.ones(len(expected), bool)
    for box in found:
        distance = np.where(free, (np.abs(expected - box) * scale).max(axis=1), np.inf)
        nearest = int(distance.argmin()) if len(distance) else -1
        if nearest >= 0 and distance[nearest] <= SAME:
            free[nearest] = False
            matched += 1
    return most - matched <= max(1, BOXES * most)
