"""Functions of one number inside a network, as ReLU6, as references: each by itself, for numbers that no case reaches.

A case rarely comes to a bound at 6, and never to one at 60. What such a function gives beyond is seen nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .references import References

Array = NDArray[Any]

#: Numbers of one scale, on both sides of 0: so many for each channel, fewer where there are many channels.
ROWS, FEW_ROWS, NORM_ROWS = 32, 8, 2
SCALES = (1 / 16, 1.0, 16.0, 256.0)
#: A bound of the function: numbers up to twice that are tried too.
BEYOND = 2.0
#: A larger one, as the largest of all numbers, is no bound that anything reaches.
MOST = 1e30
MOST_CHANNELS = 2048
#: Of all functions.
BYTES = 4 << 20


@dataclass(frozen=True)
class Function:
    """One that a graph has as one operator."""

    #: Its name, and what calls it, in the source.
    name: str
    layer: str
    #: Gives for an array of float32 or float64 one of the same type and shape.
    compute: Callable[[Array], Array]
    #: Numbers that it knows, as bounds and slopes.
    constants: tuple[float, ...] = ()
    #: Of the channels' own constants, along axis 1; 1 where all are alike. axes: how many it needs then.
    channels: int = 1
    axes: int = 1
    #: Of a norm: how many numbers of each channel it takes together, or 1 for those of all channels. 0 of others.
    places: int = 0


@dataclass(frozen=True)
class Place:
    """Where a graph has a function: the tensors that it takes and gives."""

    function: Function
    input: str
    output: str


def place_of(function: Function, node: Any, constants: "set[str]") -> "Place | None":
    """node: of ONNX. None where it takes several tensors that are no constants."""
    given = [name for name in node.input if name and name not in constants]
    return Place(function, str(given[0]), str(node.output[0])) if len(given) == 1 else None


def constants_of(graph: Any) -> "set[str]":
    """Names of what a graph of ONNX stores."""
    stored = {str(tensor.name) for tensor in graph.initializer}
    return stored | {str(node.output[0]) for node in graph.node if node.op_type == "Constant"}


def attach_functions(references: References, case: str, places: Iterable[Place]) -> int:
    """Adds what functions give to a case. Says how many there is room for; one that fails for a number is left out."""
    room, count = BYTES, 0
    # A norm needs more room than others.
    for place in sorted(places, key=lambda each: each.function.places > 0):
        function = place.function
        if function.channels > MOST_CHANNELS or place.output in references.functions:
            continue
        rows, given = numbers_for(function)
        with np.errstate(all="ignore"):
            single, double = function.compute(given.copy()), function.compute(given.astype(np.float64))
        parts = {
            f"function.in/{place.output}": given,
            f"function.fp32/{place.output}": single,
            f"function.fp64/{place.output}": double,
        }
        size = sum(array.nbytes for array in parts.values())
        if single.shape != given.shape or double.dtype != np.float64 or size > room:
            continue
        if references.attach(case, parts):
            room -= size
            count += 1
            described = {"input": place.input, "function": function.name, "layer": function.layer, "rows": rows}
            references.functions[place.output] = described
    return count


def numbers_for(function: Function) -> "tuple[int, Array]":
    """How many rows are of one scale, and the numbers: on both sides of 0, and beyond what the function knows."""
    own = {BEYOND * abs(each) for each in function.constants if 0 < abs(each) < MOST}
    if function.places > 0:
        return NORM_ROWS, _rows_for_norm(function, _apart(sorted({*SCALES, *own})))
    rows = ROWS if function.channels == 1 else FEW_ROWS
    steps = rows * function.channels
    # Odd places, so that none is a bound itself, where rounding may choose.
    line = (2 * np.arange(steps) + 1.37 - steps) / steps
    # A channel has numbers from all of the line.
    parts = [scale * line.reshape(rows, function.channels) for scale in _apart(sorted({*SCALES, *own}))]
    shape = (-1,) if function.axes == 1 else (-1, function.channels, *[1] * (function.axes - 2))
    return rows, np.concatenate(parts).reshape(shape).astype(np.float32)


def _rows_for_norm(function: Function, scales: Sequence[float]) -> Array:
    """What is normalised together lies on both sides of 0: a large mean would be rounding noise."""
    over_places = function.places > 1
    count = function.places if over_places else function.channels
    line = (2 * np.arange(count) + 1.37 - count) / count
    lines = NORM_ROWS * (function.channels if over_places else 1)
    # Each is rolled, and not all are of one size.
    rolled = [np.roll(line, 3 * at) * (1 - at / (2 * lines)) for at in range(lines)]
    shape = (NORM_ROWS, function.channels, *([function.places] if over_places else []))
    parts: list[Array] = [scale * np.reshape(rolled, shape) for scale in scales]
    return np.asarray(np.concatenate(parts), np.float32)


def _apart(scales: Sequence[float]) -> "list[float]":
    """Without those that are nearly another one."""
    kept: list[float] = []
    for scale in scales:
        if not kept or scale > 1.01 * kept[-1]:
            kept.append(scale)
    return kept
