"""Whether two sets of detections are the same, whatever their order."""

import numpy as np

from .arrays import Array

#: Pixels (or score times 100) within which a box of float32 and one of float64 are the same.
SAME = 0.5


def same_detections(found: Array, expected: Array) -> bool:
    """Regardless of order: each box has its own match of the same label."""
    if len(found) != len(expected):
        return False
    free = np.ones(len(expected), bool)
    scale = np.array([1, 1, 1, 1, 100, 1e6])
    for box in found:
        distance = np.where(free, (np.abs(expected - box) * scale).max(axis=1), np.inf)
        nearest = int(distance.argmin())
        if not distance[nearest] <= SAME:
            return False
        free[nearest] = False
    return True
