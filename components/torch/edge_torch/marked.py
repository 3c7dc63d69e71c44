"""Arguments with the marks of their own, as a padding at the end of a sequence."""

import numpy as np

from edge_engine.marks import ended

from .arguments import Argument, Array

PICTURE = 4


def marked(argument: Argument, array: Array, mark: float, rng: np.random.Generator) -> Array:
    """array: of the argument's type; a changed copy comes back. The last third of an axis is `mark`."""
    others = (*argument.marks, *argument.bounds)
    return ended(array, _padded_axis(array) if array.ndim else None, mark, others, rng)


def _padded_axis(array: Array) -> int:
    """Time of a sequence, the width of a picture; of rows of columns, the rows themselves."""
    if array.ndim >= PICTURE or (array.ndim > 1 and array.dtype.kind in "iu"):
        return array.ndim - 1
    return 1 if array.ndim == PICTURE - 1 else 0
