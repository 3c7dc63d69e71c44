"""Rows for which the source itself has one answer: the last digit of an input does not decide it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline

from .columns import Arrays
from .margin import level
from .rows import length
from .source import Results, Source
from .walk import final_of

#: Relative to the largest value of a column of an output: more than rounding, less than another leaf of a tree.
STEP = 1e-4
#: Of many candidates, and of the few rows that are kept: a tie may fall the same way several times.
JITTERS = 4
MORE_JITTERS = 16
#: Of probabilities before they are divided by it: float32's sigmoid has 1e-7 of each.
LEAST_SUM = 1e-2


def stable_rows(
    source: Source, arrays: Arrays, rng: np.random.Generator, jitters: int = JITTERS, held: Arrays | None = None
) -> NDArray[np.bool_]:
    """True for a row where float32, and inputs that differ in the last digit, give what float64 gives.

    False near the split of a tree or a tie of neighbours: there a right conversion may decide otherwise. held: where a
    number stands that is meant to the last digit.
    """
    exact = source.exact(arrays)
    single = source.single(arrays)
    same = equal_rows(exact, single) & _fits_single(exact) & ~level(source, exact, single)
    same &= _normalises(source, arrays)
    for _ in range(jitters):
        moved = source.nudged(arrays, rng)
        if held is not None:
            moved = {name: np.where(held[name], arrays[name], array) for name, array in moved.items()}
        same &= equal_rows(exact, source.exact(moved))
        if source.keeps_rows:
            same &= equal_rows(exact, source.near(arrays, rng))
    return same


def _fits_single(exact: Results) -> NDArray[np.bool_]:
    """False for a row whose value is finite, but infinite in float32."""
    rows = [
        ((np.abs(value) <= np.finfo(np.float32).max) | ~np.isfinite(value)).reshape(len(value), -1).all(axis=1)
        for value in exact.values()
        if value.dtype.kind == "f"
    ]
    return np.asarray(np.all(rows, axis=0)) if rows else np.ones(len(next(iter(exact.values()))), bool)


def _normalises(source: Source, arrays: Arrays) -> NDArray[np.bool_]:
    """False for a row whose probabilities OneVsRestClassifier divides by their sum, and float32 has none of it."""
    last, rows = final_of(source.model), length(arrays)
    if not isinstance(last, OneVsRestClassifier) or last.multilabel_ or not hasattr(last, "predict_proba"):
        return np.ones(rows, bool)
    table = source.columns.table(arrays, "float64")
    inner = (
        source.model[:-1].transform(table) if isinstance(source.model, Pipeline) and len(source.model) > 1 else table
    )
    return np.asarray(sum(each.predict_proba(inner)[:, 1] for each in last.estimators_) >= LEAST_SUM)


def equal_rows(exact: Results, other: Results) -> NDArray[np.bool_]:
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
