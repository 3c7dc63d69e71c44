"""Values as they come in practice and not by chance: rows that a padding ends, numbers that are just a bound."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Of all entries, those that are a mark or a bound.
PART = 0.25


def ended(array: Array, axis: "int | None", mark: float, others: Iterable[float], rng: np.random.Generator) -> Array:
    """A copy in which some entries are `mark` or one of `others`, and the last third of an axis is `mark`.

    The first entry of the axis stays as it is, so that something is left. axis: None leaves out both. Of `others`, NaN
    and infinity stand nowhere.
    """
    found = np.array(array)
    numbers = np.array([mark, *(each for each in others if math.isfinite(each))], found.dtype)
    chosen = rng.random(found.shape) < PART
    found[chosen] = rng.choice(numbers, size=int(np.sum(chosen)))
    if axis is not None:
        length = found.shape[axis]
        np.moveaxis(found, axis, 0)[length - length // 3 :] = mark
        np.moveaxis(found, axis, 0)[:1] = np.moveaxis(array, axis, 0)[:1]
    return found


def is_held(number: float, is_float: bool) -> bool:
    """Whether a float32, else an integer, is this very number: any other is another number in float64. Not of NaN."""
    return bool(float(np.float32(number)) == number if is_float else number == np.rint(number))
