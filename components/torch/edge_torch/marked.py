"""Values as they come in practice and not by chance: rows that a padding ends, numbers that are just a bound."""

import math

import numpy as np

from .arguments import Argument, Array

#: Of all entries, those that are a mark or a bound.
PART = 0.25
PICTURE = 4


def marked(argument: Argument, array: Array, mark: float, rng: np.random.Generator) -> Array:
    """array: of the argument's type; a changed copy comes back. The last third of an axis is `mark`."""
    others = [each for each in (*argument.marks, *argument.bounds) if math.isfinite(each)]
    found = array.copy()
    numbers = np.array([mark, *others], array.dtype)
    chosen = rng.random(array.shape) < PART
    found[chosen] = rng.choice(numbers, size=int(chosen.sum()))
    if array.ndim:
        axis = _padded_axis(array)
        length = array.shape[axis]
        np.moveaxis(found, axis, 0)[length - length // 3 :] = mark
        # Something is left of each row.
        np.moveaxis(found, axis, 0)[:1] = np.moveaxis(array, axis, 0)[:1]
    return found


def _padded_axis(array: Array) -> int:
    """Time of a sequence, the width of a picture; of rows of columns, the rows themselves."""
    if array.ndim >= PICTURE or (array.ndim > 1 and array.dtype.kind in "iu"):
        return array.ndim - 1
    return 1 if array.ndim == PICTURE - 1 else 0
