"""Inputs to compare on: drawn where the model's inputs usually lie."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from edge_engine.failure import Failure
from edge_engine.marks import is_held

from .marks import with_marks
from .ports import TEXT, Array, Arrays, Port
from .ranges import Range

#: Of integers of which nothing is known: as of a mask.
SWITCH = (0, 1)
UNKNOWN_TEXT = "never seen before"
IMAGE_AXES = 4
#: Of floats that a graph compares with; a larger one is no bound that an input comes to.
LARGEST = 1e4
#: Patches of a picture, down and across.
PATCHES = 4
EXTREMES = {"zeros": 0.0, "huge": 1e4, "negative": -1e4}


class Drawer:
    """ranges: by input, what is known of its values. Shapes are the source's."""

    def __init__(self, ports: Sequence[Port], ranges: Mapping[str, Range], seed: int) -> None:
        self._ports, self._ranges = list(ports), dict(ranges)
        self._rng = np.random.default_rng(seed)

    def draw(self, shapes: Mapping[str, Sequence[int]], scale: float = 1.0) -> Arrays:
        """scale: of floats of which nothing is known."""
        return {port.name: self._one(port, tuple(shapes[port.name]), scale) for port in self._ports}

    def draw_marked(self, shapes: Mapping[str, Sequence[int]], scale: float = 1.0) -> Arrays:
        """As `draw`, but rows have what the graph compares them with: a padding at their end, and bounds."""
        drawn = self.draw(shapes, scale)
        for port in self._ports:
            known, array = self._range(port), drawn[port.name]
            marks = _fitting((*known.marks, 0.0), port.dtype, known)
            if array.dtype.kind in "fiu" and array.ndim and marks:
                bounds = _fitting(known.bounds, port.dtype, known)
                drawn[port.name] = with_marks(array, marks, bounds, self._rng)
        return drawn

    def most_texts(self, shapes: Mapping[str, Sequence[int]]) -> int:
        """Rows by which each text of the tables is drawn once; 0 for a model without texts."""
        ports = [port for port in self._ports if port.dtype == TEXT]
        each = {port.name: max(1, prod(shapes[port.name][1:])) for port in ports}
        return max((-(-len(self._texts_of(port)) // each[port.name]) for port in ports), default=0)

    def each_text(self, shapes: Mapping[str, Sequence[int]]) -> Arrays:
        """As `draw`, but texts one after the other, in any order."""
        drawn = self.draw(shapes)
        for port in self._ports:
            if port.dtype == TEXT:
                texts = np.array(self._texts_of(port), dtype=object)
                drawn[port.name] = np.resize(self._rng.permutation(texts), tuple(shapes[port.name]))
        return drawn

    def _texts_of(self, port: Port) -> list[str]:
        """Of the graph's tables, and one that is in none."""
        return [*self._range(port).texts, UNKNOWN_TEXT]

    def _one(self, port: Port, shape: tuple[int, ...], scale: float) -> Array:
        known = self._range(port)
        if port.dtype == TEXT:
            return self._texts(self._texts_of(port), shape)
        if port.dtype == "bool":
            return self._rng.random(shape) < 0.5
        if port.dtype.startswith(("int", "uint")):
            return self._integers(port.dtype, known, shape)
        values = self._picture(shape) if len(shape) == IMAGE_AXES else self._rng.normal(size=shape)
        if known.low is not None and known.high is not None:
            middle, half = (known.high + known.low) / 2, (known.high - known.low) / 2
            return np.clip(middle + half * values / 2, known.low, known.high).astype(port.dtype)
        values = values * scale
        if known.mean is not None:
            # A mean of another shape is not of this input.
            with contextlib.suppress(ValueError):
                values = np.broadcast_to(known.mean, shape) + values * (1 + np.abs(known.mean))
        return np.asarray(values.astype(port.dtype))

    def _texts(self, texts: Sequence[str], shape: tuple[int, ...]) -> Array:
        drawn = [texts[at] for at in self._rng.integers(len(texts), size=prod(shape))]
        return np.array(drawn, dtype=object).reshape(shape)

    def _picture(self, shape: tuple[int, ...]) -> Array:
        """Patches of colour under noise, each row of another brightness: a mean over noise alone is always the same."""
        rows, height, width, channels = shape
        patches = self._rng.normal(size=(rows, PATCHES, PATCHES, channels))
        at = [np.arange(size) * PATCHES // max(1, size) for size in (height, width)]
        large = patches[:, at[0]][:, :, at[1]]
        colour = self._rng.normal(size=(rows, 1, 1, channels))
        noise, contrast = self._rng.normal(size=shape), self._rng.uniform(0.1, 1, (rows, 1, 1, 1))
        return np.asarray(0.6 * colour + contrast * (0.7 * large + 0.4 * noise))

    def drawn_as_masks(self) -> list[str]:
        """Inputs of whole numbers of which nothing is known."""
        return [
            port.name
            for port in self._ports
            if port.dtype.startswith(("int", "uint")) and _limits(port.dtype, self._range(port)) is None
        ]

    def _range(self, port: Port) -> Range:
        return self._ranges.get(port.name, Range())

    def _integers(self, dtype: str, known: Range, shape: tuple[int, ...]) -> Array:
        low, high = _limits(dtype, known) or SWITCH
        drawn = self._rng.integers(low, high + 1, size=shape)
        if (low, high) == SWITCH and drawn.ndim >= 2 and drawn.shape[-1] > 1:
            # A mask that leaves nothing makes the source divide by zero.
            drawn[..., 0] = 1
        return np.asarray(drawn.astype(dtype))


def _limits(dtype: str, known: Range) -> tuple[int, int] | None:
    """The least and the largest whole number that an input has, as far as that is known."""
    if known.high is not None:
        return int(known.low or 0), int(known.high)
    if dtype in ("uint8", "int8"):
        return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    return None


def _fitting(numbers: "tuple[float, ...]", dtype: str, known: Range) -> "tuple[float, ...]":
    """Those that the input may have."""
    low = -np.inf if known.low is None else known.low
    high = np.inf if known.high is None else known.high
    kept = dict.fromkeys(each for each in numbers if np.isnan(each) or low <= each <= high)
    if dtype.startswith("float"):
        exact = (each for each in kept if abs(each) <= LARGEST and is_held(each, True))
        return (*exact, *(each for each in kept if np.isnan(each)))
    return tuple(each for each in kept if is_held(each, False))


def ranges_said(options: dict[str, Any], ports: Sequence[Port], found: Mapping[str, Range]) -> dict[str, Range]:
    """What was found, and in its place what the options say. `Failure` for a name that the model does not have."""
    said = options.get("input_ranges", {})
    names = [port.name for port in ports]
    unknown = sorted(set(said) - set(names))
    if unknown:
        message = f"tensorflow.input_ranges names {unknown[0]}, which the model does not have"
        raise Failure("input", "ports-unknown", message, f"It has {', '.join(names)}.")
    return {**found, **{name: replace(found[name], low=low, high=high) for name, (low, high) in said.items()}}


def filled(arrays: Arrays, value: float) -> Arrays:
    """All floats with one value; integers keep theirs."""
    return {name: np.full_like(array, value) if array.dtype.kind == "f" else array for name, array in arrays.items()}
