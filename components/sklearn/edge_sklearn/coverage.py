"""Rows with every category, and every word, that the model knows: a table that is wrong in one place is wrong there."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Arrays, Input
from .domain import Domain, domains_of
from .rows import Generator, length, take
from .source import Source

#: Rows, and words in one text: 8,192 words altogether.
MOST = 512
WORDS = 16
#: Numbers that the rows may have together.
NUMBERS = 1 << 20


def covering_rows(source: Source, rows: Arrays, rng: Generator) -> Arrays | None:
    """Rows in which each column takes its values in turn, at most `MOST` of them; None for a model without any."""
    columns = source.columns
    domains = domains_of(source.model, columns.count, columns.names)
    needed = max((_needed(domain) for domain in domains), default=0)
    if needed == 0:
        return None
    size = min(needed, MOST, max(1, NUMBERS // columns.count))
    base = take(rows, rng.integers(length(rows), size=size))
    return {entry.name: _covered(entry, base[entry.name], domains, rng) for entry in columns.inputs}


def _needed(domain: Domain) -> int:
    return -(-len(domain.values) // WORDS) if domain.words else len(domain.values)


def _covered(entry: Input, base: NDArray[Any], domains: list[Domain], rng: Generator) -> NDArray[Any]:
    covered = base.copy()
    for place, feature in enumerate(entry.features):
        values = [value for value in domains[feature].values if value is not None]
        if not values:
            continue
        ordered = [values[at] for at in rng.permutation(len(values))]
        if entry.kind != "string":
            covered[:, place] = np.resize(np.array(ordered), len(base)).astype(entry.kind)
            continue
        texts = [str(value) for value in ordered]
        if domains[feature].words:
            texts = [" ".join(texts[at : at + WORDS]) for at in range(0, len(texts), WORDS)]
        covered[:, place] = np.resize(np.array(texts, dtype=object), len(base))
    return covered
