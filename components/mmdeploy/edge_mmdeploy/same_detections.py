"""Whether two sets of detections are the same, whatever their order."""

import numpy as np

#: Pixels (or score times 100) within which a box of float32 and one of float64 are the same.
SAME = 0.5


def same_detections(one: np.ndarray, other: np.ndarray) -> bool:
    """Regardless of order: each box has its own partner of the same label."""
    if len(one) != len(other):
        return False
    free = np.ones(len(other), bool)
    scale = np.array([1, 1, 1, 1, 100, 1e6])
    for box in one:
        distance = np.where(free, (np.abs(other - box) * scale).max(axis=1), np.inf)
        nearest = int(distance.argmin())
        if not distance[nearest] <= SAME:
            return False
        free[nearest] = False
    return True
