"""Values with a meaning of their own, as the id of a padding: drawn ones rarely meet them."""

import math
from typing import Any

import numpy as np

from edge_engine.marks import Array, ended

EQUAL = frozenset({"Equal", "NotEqual"})
ORDERED = frozenset({"Less", "LessEqual", "Greater", "GreaterEqual"})
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
    found = np.array(array)
    axis = None if array.ndim == 1 else 1 if array.ndim >= PICTURE else 0
    for row in range(1, len(array)):
        found[row] = ended(array[row], axis, marks[(row - 1) % len(marks)], (*marks, *bounds), rng)
    return found
