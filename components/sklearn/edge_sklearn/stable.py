"""Rows for which the source itself has one answer: the last digit of an input does not decide it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Arrays
from .margin import level
from .source import Results, Source

#: Relative to the largest value of a column of an output: more than rounding, less than another leaf of a tree.
STEP = 1e-4
JITTERS = 4


def stable_rows(source: Source, arrays: Arrays, rng: np.random.Generator) -> NDArray[np.bool_]:
    """True for a row where float32, and inputs that differ in the last digit, give what float64 gives.

    False near the split of a tree or a tie of neighbours: there a right conversion may decide otherwise.
    """
    exact = source.exact(arrays)
    single = source.single(arrays)
    same = _equal_rows(exact, single) & ~level(source, exact, single)
    for _ in range(JITTERS):
        same &= _equal_rows(exact, source.exact(_jittered(arrays, rng)))
    return same


def _jittered(arrays: Arrays, rng: np.random.Generator) -> Arrays:
    return {name: _nudged(array, rng) if array.dtype.kind == "f" else array for name, array in arrays.items()}


def _nudged(array: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    single = array.astype(np.float32)
    to = np.where(rng.random(array.shape) < 0.5, -np.inf, np.inf).astype(np.float32)
    return np.nextafter(single, to).astype(array.dtype)


def _equal_rows(exact: Results, other: Results) -> NDArray[np.bool_]:
    return np.asarray(np.all([_equal(value, other[name]) for name, value in exact.items()], axis=0))


def _equal(exact: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    flat, found = exact.reshape(len(exact), -1), other.reshape(len(other), -1)
    if flat.dtype.kind != "f":
        return np.asarray((flat == found).all(axis=1))
    limit = STEP * np.where(np.isfinite(flat), np.abs(flat), 0).max(axis=0, initial=0) + np.finfo(np.float32).tiny
    both = np.isfinite(flat) & np.isfinite(found)
    with np.errstate(invalid="ignore"):
        near = np.where(both, np.abs(flat - found) <= limit, (flat == found) | (np.isnan(flat) & np.isnan(found)))
    return np.asarray(near.all(axis=1))
