"""Rows to compare on: drawn where the model's columns usually lie, with every answer that the model can give."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn.base import BaseEstimator

from .columns import Arrays, Columns, Input
from .domain import Domain, domains_of

#: Where nothing is remembered, columns are drawn in each of these sizes.
SCALES = (0.1, 1.0, 10.0, 100.0)
#: As many words stand in the texts with a letter before or after that ASCII has not.
ACCENTED = 64
UNKNOWN = "never seen before"
#: A part of the width beyond both ends.
BEYOND = 0.25
WORDS = 6
#: Half of them the first.
BETWEEN = (" ", ", ", "; ", "-", ". ", "! ", "\n", "  ", "'s ", " a ", " naïve ", " (x) ")

Generator = np.random.Generator


def draw(model: BaseEstimator, columns: Columns, samples: list[Arrays], count: int, rng: Generator) -> Arrays:
    """`count` rows: half of them between two samples each, where there are samples."""
    near = count // 2 if samples else 0
    domains = domains_of(model, columns.count, columns.names)
    scale = rng.choice(SCALES, size=count - near)
    return {
        entry.name: np.concatenate(
            [*([_between(samples, entry, near, rng)] if near else []), _drawn(entry, domains, scale, rng)]
        )
        for entry in columns.inputs
    }


def take(arrays: Arrays, rows: NDArray[Any]) -> Arrays:
    return {name: array[rows] for name, array in arrays.items()}


def length(arrays: Arrays) -> int:
    return len(next(iter(arrays.values())))


def _between(samples: list[Arrays], entry: Input, count: int, rng: Generator) -> NDArray[Any]:
    rows = np.concatenate([sample[entry.name] for sample in samples])
    first, second = rows[rng.integers(len(rows), size=count)], rows[rng.integers(len(rows), size=count)]
    if rows.dtype.kind != "f":
        return np.where(rng.random((count, 1)) < 0.5, first, second)
    part = rng.random((count, 1))
    mixed: NDArray[Any] = (first * part + second * (1 - part)).astype(rows.dtype)
    return mixed


def _drawn(entry: Input, domains: list[Domain], scale: NDArray[Any], rng: Generator) -> NDArray[Any]:
    columns = [_column(entry.kind, domains[feature], scale, rng) for feature in entry.features]
    return np.stack(columns, axis=1)


def _column(kind: str, domain: Domain, scale: NDArray[Any], rng: Generator) -> NDArray[Any]:
    count = len(scale)
    if kind == "string":
        return _texts(domain, count, rng)
    if domain.values:
        chosen = np.array(domain.values)[rng.integers(len(domain.values), size=count)]
        return np.asarray(chosen.astype(kind))
    if domain.low is None or domain.high is None:
        numbers = rng.normal(size=count) * scale
    else:
        width = (domain.high - domain.low) or max(1.0, abs(domain.low))
        numbers = rng.uniform(domain.low - BEYOND * width, domain.high + BEYOND * width, size=count)
    if kind == "bool":
        return np.asarray(numbers > np.median(numbers))
    if kind.startswith("int"):
        return np.asarray(np.rint(numbers).astype(kind))
    # Float32 first: both sides shall see the same number, whatever the input's type is.
    return np.asarray(numbers.astype(np.float32).astype(kind))


def _texts(domain: Domain, count: int, rng: Generator) -> NDArray[Any]:
    values = [str(value) for value in domain.values if value is not None] or [UNKNOWN]
    if not domain.words:
        return np.array([values[at] for at in rng.integers(len(values), size=count)], dtype=object)
    # Also words in capitals, which most vectorizers do not tell apart, others with a letter that is not in ASCII, and
    # one that is in no vocabulary.
    known = [*values, *(word.capitalize() for word in values), *(word.upper() for word in values), "zyxwvut"]
    known += [text for word in values[:ACCENTED] for text in (f"{word}é", f"é{word}")]
    lengths = rng.integers(1, WORDS + 1, size=count)
    texts = [_sentence([known[at] for at in rng.integers(len(known), size=length)], rng) for length in lengths]
    return np.array(texts, dtype=object)


def _sentence(words: list[str], rng: Generator) -> str:
    """The words with what stands between words of real texts."""
    between = [*BETWEEN[:1] * (len(BETWEEN) - 1), *BETWEEN[1:]]
    return "".join(word + between[at] for word, at in zip(words, rng.integers(len(between), size=len(words)))).rstrip()
