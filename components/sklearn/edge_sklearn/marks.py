"""Rows with numbers that drawn ones never meet: zero, a bound itself, what stands for a missing value."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from edge_engine.marks import PART, is_held

from .columns import Arrays
from .domain import domains_of, first_estimators
from .rows import Generator
from .source import Source


def with_marks(source: Source, rows: Arrays, rng: Generator) -> "tuple[Arrays, Arrays] | None":
    """The rows, and by the same names where marks stand in them; None where no column may have one."""
    marks = _marks_of(source)
    found, places = dict(rows), {name: np.zeros(array.shape, bool) for name, array in rows.items()}
    for entry in source.columns.inputs:
        if not entry.kind.startswith(("float", "int")):
            continue
        array, place = rows[entry.name].copy(), places[entry.name]
        for at, feature in enumerate(entry.features):
            own = [each for each in marks[feature] if is_held(each, not entry.kind.startswith("int"))]
            if own:
                place[:, at] = rng.random(len(array)) < PART
                array[place[:, at], at] = rng.choice(own, size=int(place[:, at].sum()))
        found[entry.name] = array
    return (found, places) if any(place.any() for place in places.values()) else None


def _marks_of(source: Source) -> list[list[float]]:
    """Of each column of the model; none of one that has categories."""
    columns = source.columns
    domains = domains_of(source.model, columns.count, columns.names)
    found: list[list[float]] = [
        [] if each.low is not None and each.low > 0 or each.high is not None and each.high < 0 else [0.0]
        for each in domains
    ]
    for estimator, features in first_estimators(source.model, list(range(columns.count)), columns.names):
        for place, number in _said(estimator, len(features)):
            found[features[place]].append(float(number))
    return [[] if domain.values else list(dict.fromkeys(own)) for domain, own in zip(domains, found)]


def _said(estimator: Any, width: int) -> Iterator[tuple[int, Any]]:
    """What stands for a missing value, where a Binarizer decides, and where bins begin."""
    for name in ("missing_values", "threshold"):
        number = getattr(estimator, name, None)
        if isinstance(number, (int, float)) and not isinstance(number, bool) and np.isfinite(number):
            yield from ((at, number) for at in range(width))
    edges = getattr(estimator, "bin_edges_", None)
    if edges is not None and len(edges) == width:
        yield from ((at, edge) for at in range(width) for edge in edges[at][1:-1])
