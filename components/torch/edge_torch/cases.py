"""The inputs that the source is asked for: sizes that it takes, values in several manners."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .arguments import Argument, Array
from .draw import MANNERS, draw, draw_marked
from .free_axes import candidates, is_batch, lengths_of, long_candidates
from .source import FAILED, Source

Kind = Literal["real", "random", "extreme"]
#: Drawn cases: an output of one number needs as many to be proved.
LEAST = 10
MOST_SIZES = 4
#: Axes of a picture.
PICTURE = 4
#: Axes that are tried at a length far beyond the others, and values of all inputs then.
MOST_LONG = 2
MOST_VALUES = 1 << 18
EXTREMES = {"zeros": 0.0, "huge": 1e4, "negative": -1e4}


@dataclass(frozen=True)
class Case:
    name: str
    kind: Kind
    arrays: dict[str, Array]


def sizes_of(source: Source, arguments: Sequence[Argument], request: Request) -> dict[str, list[int]]:
    """Of each free axis the lengths that the source itself takes. `Failure` where that is only the one of `args`."""
    found: dict[str, list[int]] = {}
    for label, length in lengths_of(arguments).items():
        taken: list[int] = []
        refusal = ""
        for size in candidates(length, is_batch(arguments, label), request.shapes.get(label, [])):
            if len(taken) == MOST_SIZES:
                break
            try:
                source.single(drawn(arguments, {label: size}, "plain", request.seed))
                taken.append(size)
            except FAILED as error:
                refusal = refusal or f"with {size} it says: {last_line(error)[:200]}"
        if not [size for size in taken if size != length]:
            message = f"torch.dynamic_axes frees {label}, but the module takes no other length than {length}: {refusal}"
            hint = "Leave the axis out; or give axes that must have one length the same name."
            raise Failure("input", "axis-not-free", message, hint)
        found[label] = taken
    return found


def drawn(arguments: Sequence[Argument], sizes: dict[str, int], manner: str, seed: int) -> dict[str, Array]:
    return {a.name: draw(a, a.sized(sizes), manner, seed + place) for place, a in enumerate(arguments)}


def random_cases(arguments: Sequence[Argument], sizes: dict[str, list[int]], request: Request) -> Iterator[Case]:
    """Each length of each axis, and each manner, in turn: no two axes go in step."""
    for number in range(max(LEAST, request.random_cases)):
        manner = MANNERS[number % len(MANNERS)] if number < len(MANNERS) else MANNERS[(number // 2) % len(MANNERS)]
        arrays = drawn(arguments, _chosen(sizes, number), manner, request.seed + 1000 * (number + 1))
        yield Case(f"random-{number}", "random", arrays)


def marked_cases(arguments: Sequence[Argument], sizes: dict[str, list[int]], request: Request) -> Iterator[Case]:
    """As many as the most marks of an argument: each has what the module compares with, as the id of a padding."""
    for mark in range(max((len(argument.marks) for argument in arguments), default=0)):
        chosen, seed = _chosen(sizes, mark + 2), request.seed + 500_000 + mark
        arrays = {a.name: draw_marked(a, a.sized(chosen), mark, seed + place) for place, a in enumerate(arguments)}
        yield Case(f"marked-{mark}", "random", arrays)


def long_cases(source: Source, arguments: Sequence[Argument], request: Request) -> Iterator[Case]:
    """Of each free length of a sequence, one far beyond the others that the source takes."""
    lengths = lengths_of(arguments)
    rows = {label: 1 for label in lengths if is_batch(arguments, label)}
    sides = {label for a in arguments if len(a.shape) >= PICTURE for _, label in a.axes}
    for number, label in enumerate([each for each in lengths if each not in {*rows, *sides}][:MOST_LONG]):
        for size in long_candidates(lengths[label]):
            arrays = drawn(arguments, {**rows, label: size}, "plain", request.seed + 600_000)
            if sum(array.size for array in arrays.values()) <= MOST_VALUES and _takes(source, arrays):
                yield Case(f"long-{number}", "random", arrays)
                break


def _takes(source: Source, arrays: dict[str, Array]) -> bool:
    try:
        source.single(arrays)
    except FAILED:
        return False
    return True


def _chosen(sizes: dict[str, list[int]], number: int) -> dict[str, int]:
    return {
        label: lengths[(number + number // len(lengths) * place) % len(lengths)]
        for place, (label, lengths) in enumerate(sizes.items())
    }


def extreme_cases(arguments: Sequence[Argument], request: Request) -> Iterator[Case]:
    """Floats alone: an index may not be any number."""
    if not any(argument.dtype.startswith("float") for argument in arguments):
        return
    base = drawn(arguments, {}, "plain", request.seed)
    floats = {argument.name for argument in arguments if argument.dtype.startswith("float")}
    for name, value in EXTREMES.items():
        arrays = {key: array * 0 + array.dtype.type(value) if key in floats else array for key, array in base.items()}
        yield Case(f"extreme-{name}", "extreme", arrays)
