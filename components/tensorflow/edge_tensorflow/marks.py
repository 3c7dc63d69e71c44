"""Values with a meaning of their own, as the id of a padding: drawn ones rarely meet them."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

EQUAL = frozenset({"Equal", "NotEqual"})
ORDERED = frozenset({"Less", "LessEqual", "Greater", "GreaterEqual"})
#: Of all entries of a row, those that are a mark or a bound.
PART = 0.25
#: Values of a constant that an input is compared with: more are no marks.
MOST_VALUES = 8
PICTURE = 4


def compared(operator: str, constant: Any) -> "tuple[tuple[float, ...], tuple[float, ...]]":
    """Marks, and bounds. constant: what an input is compared with, an array or None."""
    if operator == "IsNan":
        return (math.nan,), ()
    if operator not in EQUAL | ORDERED or constant is None or not 0 < constant.size <= MOST_VALUES:
        return (), ()
    numbers = tuple(float(each) for each in np.ravel(constant))
    return (numbers, ()) if operator in EQUAL else ((), numbers)


def with_marks(array: Array, marks: "tuple[float, ...]", bounds: "tuple[float, ...]", rng: Any) -> Array:
    """A copy in which each row but the first ends in a mark, each in turn, and has marks and bounds elsewhere."""
    found = np.ascontiguousarray(array).copy()
    rows = found.reshape(len(found), -1)
    others = [each for each in (*marks, *bounds) if math.isfinite(each)]
    for row in range(1, len(array)):
        mark = marks[(row - 1) % len(marks)]
        numbers = np.array([mark, *others], array.dtype)
        chosen = rng.random(rows.shape[1]) < PART
        rows[row, chosen] = rng.choice(numbers, size=int(chosen.sum()))
        if array.ndim == 1:
            continue
        axis = 1 if array.ndim >= PICTURE else 0
        ends = np.moveaxis(found[row], axis, 0)
        ends[len(ends) - len(ends) // 3 :] = mark
        # Something is left.
        ends[:1] = np.moveaxis(array[row], axis, 0)[:1]
    return found
