"""Lengths that a program holds for: of a decision by a length dynamo keeps one side, and says for which."""

from collections.abc import Sequence
from typing import Any

import torch

from edge_engine.failure import Failure
from edge_engine.request import Request

from .arguments import Argument
from .cases import drawn
from .program import placeholders
from .source import FAILED, Source

#: Longer than any axis: torch says infinity as a number of its own.
ENDLESS = 1 << 40
#: torch takes lengths of 2 and more as one kind, whatever forward does: a least length of 2 says nothing.
ASSUMED = 2
Ranges = dict[str, tuple[int, int]]


def ranges_of(program: Any, arguments: Sequence[Argument]) -> Ranges:
    """Of free axes, by name, the least and the largest length where the program has such a bound."""
    limits = {str(symbol): (_number(r.lower, 0), _number(r.upper, ENDLESS)) for symbol, r in _constraints(program)}
    names, values = placeholders(program)
    found: Ranges = {}
    for name, argument in zip(names, arguments):
        shape = getattr(values.get(name), "shape", ())
        for axis, label in argument.axes:
            if axis < len(shape) and isinstance(shape[axis], torch.SymInt):
                found[label] = limits.get(str(shape[axis]), (0, ENDLESS))
    return found


def refuse_ranges(source: Source, ranges: Ranges, request: Request) -> None:
    """`Failure` where the module itself takes a length just outside of what the program holds for."""
    arguments = source.call.arguments
    for label, (least, most) in ranges.items():
        for beyond in (most + 1, least - 1):
            if not ASSUMED <= beyond < ENDLESS or not _takes(source, arguments, (label, beyond), request.seed):
                continue
            message = (
                f"forward decides by the length of {label}: the exporter dynamo keeps what it does "
                f"{f'up to {most}' if beyond > most else f'from {least} on'}, and with {beyond} it does something else"
            )
            hint = (
                f"Write it without that decision (an `if` or `while` on a size), or take {label} out of "
                "torch.dynamic_axes."
            )
            raise Failure("input", "axis-baked", message, hint)


def _takes(source: Source, arguments: Sequence[Argument], axis: "tuple[str, int]", seed: int) -> bool:
    label, length = axis
    try:
        source.single(drawn(arguments, {label: length}, "plain", seed))
    except FAILED:
        return False
    return True


def _constraints(program: Any) -> Any:
    return getattr(program, "range_constraints", {}).items()


def _number(bound: Any, otherwise: int) -> int:
    try:
        return min(int(bound), ENDLESS)
    except (TypeError, ValueError, OverflowError, AttributeError):  # torch's own infinity
        return otherwise
