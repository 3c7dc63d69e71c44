"""Lengths of sequences far beyond the others: positions are counted from, or clipped at, what no other reaches."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from .axes import BATCH, Axes
from .ports import Port

#: Times the usual length.
FAR = (16, 8, 4)
LONGEST = 512
MOST_AXES = 2
#: Of all inputs.
MOST_VALUES = 1 << 18
PICTURE = 4
Shapes = Mapping[str, Sequence[int]]


def long_sizes(
    axes: Axes, ports: Sequence[Port], shapes: Callable[[dict[str, int]], Shapes], takes: Callable[[Shapes], bool]
) -> Iterator[dict[str, int]]:
    """Lengths of all free axes, with one that is long. shapes: of the inputs at lengths. takes: the source does."""
    ranks = {port.name: len(port.shape) for port in ports}
    names = {name for (port, axis), name in axes.names.items() if axis != 0 and ranks[port] < PICTURE}
    few = {**axes.base, **({BATCH: 1} if BATCH in axes.base else {})}
    for name in sorted(names)[:MOST_AXES]:
        for size in (axes.base[name] * times for times in FAR):
            sizes = {**few, name: size}
            found = shapes(sizes)
            if size <= LONGEST and sum(int(np.prod(shape)) for shape in found.values()) <= MOST_VALUES and takes(found):
                yield sizes
                break
