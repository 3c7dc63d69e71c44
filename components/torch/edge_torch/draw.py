"""Values of one argument: by its generator and seed, in several manners, so that a baked decision shows."""

from collections.abc import Callable, Sequence

import numpy as np

from .arguments import Argument, Array
from .marked import marked

#: As it is said; of one sign, then of the other; large, small: sums, means and largest values differ.
MANNERS = ("plain", "positive", "negative", "large", "small")
#: Part of the range from its lower end, and its width, for a uniform one: nothing outside of it is fed.
PARTS = {"plain": (0.0, 1.0), "positive": (0.6, 0.4), "negative": (0.0, 0.4), "large": (0.0, 1.0), "small": (0.45, 0.1)}


def draw(argument: Argument, shape: Sequence[int], manner: str, seed: int) -> Array:
    """shape: `argument.shape`, or with other lengths of free axes. The same arguments give the same array."""
    rng = np.random.default_rng([seed, argument.seed])
    array = _MAKERS[argument.generator](argument, tuple(shape), manner, rng)
    return np.asarray(array).astype(argument.dtype)


def draw_marked(argument: Argument, shape: Sequence[int], mark: int, seed: int) -> Array:
    """The same with the argument's own marks, that of this number at the end as a padding is."""
    array = draw(argument, shape, "positive" if argument.generator == "mask" else "plain", seed)
    if not argument.marks:
        return array
    return marked(argument, array, argument.marks[mark % len(argument.marks)], np.random.default_rng([seed, mark]))


def example(argument: Argument) -> Array:
    """What is exported with."""
    if argument.values is not None:
        return argument.values
    return draw(argument, argument.shape, "plain", 0)


Rng = np.random.Generator
Shape = tuple[int, ...]


def _normal(argument: Argument, shape: Shape, manner: str, rng: Rng) -> Array:
    values = rng.normal(size=shape)
    made: dict[str, Array] = {
        "plain": values,
        "positive": np.abs(values) + 0.1,
        "negative": -np.abs(values) - 0.1,
        "large": values * 4,
        "small": values * 0.25,
    }
    return made[manner]


def _uniform(argument: Argument, shape: Shape, manner: str, rng: Rng) -> Array:
    low = 0.0 if argument.low is None else argument.low
    high = low + 1.0 if argument.high is None else argument.high
    start, width = PARTS[manner]
    return rng.uniform(low + start * (high - low), low + (start + width) * (high - low), size=shape)


def _integers(argument: Argument, shape: Shape, manner: str, rng: Rng) -> Array:
    low = 0 if argument.low is None else int(argument.low)
    high = low + 2 if argument.high is None else int(argument.high)
    values = rng.integers(low, high, size=shape)
    # Both ends of the range are met.
    if manner == "plain" and values.size > 1:
        values.reshape(-1)[:2] = low, high - 1
    return values


def _mask(argument: Argument, shape: Shape, manner: str, rng: Rng) -> Array:
    """Ones up to a length of at least one in each row of the last axis; of no zeros in the plain manner."""
    if not shape:
        return np.asarray(rng.random() < 0.5)
    length = shape[-1]
    keep = (
        rng.integers(1, length + 1, size=shape[:-1])
        if length > 0 and manner != "plain"
        else np.full(shape[:-1], length)
    )
    return np.arange(length) < keep[..., None]


def _constant(argument: Argument, shape: Shape, manner: str, rng: Rng) -> Array:
    return np.full(shape, argument.low)


_MAKERS: dict[str, Callable[[Argument, Shape, str, Rng], Array]] = {
    "normal": _normal,
    "uniform": _uniform,
    "integers": _integers,
    "mask": _mask,
    "constant": _constant,
    "ones": lambda argument, shape, manner, rng: np.ones(shape),
    "zeros": lambda argument, shape, manner, rng: np.zeros(shape),
    "arange": lambda argument, shape, manner, rng: np.broadcast_to(np.arange(shape[-1] if shape else 1), shape),
}
