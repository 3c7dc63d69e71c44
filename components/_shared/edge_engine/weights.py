"""Weights of the source that a graph stores as they are, as references: a hash of each of their rows and columns.

A layer that runs twice, the projections inside of an attention, and the last layer have none behind them whose input
tells of a wrong weight.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .references import References

Array = NDArray[Any]

#: Knuth's: whole numbers times it lie apart. As in `line-hashes.ts`.
SPREAD = 0x9E3779B1
LEAST_VALUES = 16
#: Of all weights.
BYTES = 8 << 20
#: Of the rows or columns: what has fewer in common with the source's is another weight. As in `judge-weights.ts`.
ALIKE = 0.75
#: Of the largest number.
ROUNDED = 1e-6
#: Of the places in the source that may be meant, those that are looked at.
MOST_TRIES = 16


def line_hashes(matrix: Array) -> "tuple[Array, Array]":
    """Of each row and each column: the sum of the bits of its float32, each times an odd number of its place."""
    bits = np.ascontiguousarray(matrix, np.float32).view(np.uint32)
    rows, columns = (_odd(length) for length in bits.shape)
    by_row, by_column = bits * columns[None, :], bits * rows[:, None]
    sums = by_row.sum(axis=1, dtype=np.uint32), by_column.sum(axis=0, dtype=np.uint32)
    return sums[0].view(np.int32), sums[1].view(np.int32)


def _odd(length: int) -> Array:
    return np.arange(length, dtype=np.uint32) * np.uint32(SPREAD) | np.uint32(1)


def attach_weights(
    references: References, case: str, stored: Iterable["tuple[str, Array]"], sources: Iterable["tuple[str, Array]"]
) -> int:
    """Adds the hashes of what a graph stores and the source has: all, rows of it, or what has its name. Says how many.

    stored: of the graph, by name, float32. sources: by their names, with the first axis as the graph may have it.
    """
    known = _Sources(sources)
    room, count = BYTES, 0
    for name, values in stored:
        if values.ndim < 2 or values.size < LEAST_VALUES or name in references.layers or name in references.weights:
            continue
        found = known.find(name, values)
        if found is None:
            continue
        source, matrix = found
        rows, columns = line_hashes(matrix)
        if rows.nbytes + columns.nbytes > room:
            continue
        if references.attach(case, {f"weight.rows/{name}": rows, f"weight.columns/{name}": columns}):
            room -= rows.nbytes + columns.nbytes
            references.weights[name] = source
            count += 1
    return count


class _Sources:
    """Weights of the source, to be found by a row."""

    def __init__(self, sources: Iterable["tuple[str, Array]"]) -> None:
        self._matrices: list[tuple[str, Array]] = []
        self._named: dict[str, Array] = {}
        self._places: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for name, values in sources:
            if values.dtype != np.float32 or values.ndim < 2 or values.size < LEAST_VALUES:
                continue
            matrix, at = values.reshape(len(values), -1), len(self._matrices)
            self._named[name] = values
            self._matrices.append((name, matrix))
            for row, hashed in enumerate(line_hashes(matrix)[0].tolist()):
                self._places.setdefault((matrix.shape[1], hashed), []).append((at, row))

    def find(self, name: str, values: Array) -> "tuple[str, Array] | None":
        """The source's name, and its values in the graph's order."""
        matrix = values.reshape(len(values), -1)
        own = self._named.get(name)
        # An exporter keeps the name of what it leaves as it is.
        if own is not None and own.shape == values.shape and _is_alike(own.reshape(matrix.shape), matrix):
            return name, own.reshape(matrix.shape)
        # A matrix may be stored turned.
        for turned in (matrix, matrix.T) if values.ndim == 2 else (matrix,):
            source = self._source_of(turned)
            if source is not None:
                return source, matrix
        return None

    def _source_of(self, matrix: Array) -> "str | None":
        """Of rows that stand one after the other there."""
        row = int(np.argmax(np.abs(matrix).max(axis=1) > 0))
        hashed = int(line_hashes(matrix[row : row + 1])[0][0])
        for at, place in self._places.get((matrix.shape[1], hashed), [])[:MOST_TRIES]:
            source, other = self._matrices[at]
            start = place - row
            if start >= 0 and np.array_equal(other[start : start + len(matrix)], matrix):
                return source
        # What an exporter computes itself, as a weight of a norm of its own, is rounded otherwise.
        near = (name for name, other in self._matrices if other.shape == matrix.shape and _is_near(other, matrix))
        return next(near, None)


def _is_near(own: Array, stored: Array) -> bool:
    limit = ROUNDED * float(np.abs(own).max())
    return all(bool((np.abs(own[part] - stored[part]) <= limit).all()) for part in (slice(0, 1), slice(None)))


def _is_alike(own: Array, stored: Array) -> bool:
    same = own == stored
    return bool(same.all(axis=1).mean() >= ALIKE or same.all(axis=0).mean() >= ALIKE)
