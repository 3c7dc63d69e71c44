"""Numbers that the source compares its tensors with, as a padding's id or a bound: drawn values rarely meet them."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from edge_engine.failure import last_line

from .arguments import Argument
from .call import Call
from .draw import example
from .source import FAILED

EQUAL = frozenset({"eq", "ne", "isin"})
ORDERED = frozenset({"lt", "le", "gt", "ge", "bucketize", "searchsorted"})
#: Where numbers that are none are looked for. `isfinite` compares with infinity.
NOT_A_NUMBER = frozenset({"isnan", "nan_to_num"})
EMBEDDING, PADDING = "embedding", 2
#: Of floats; a larger one is no bound that an input comes to.
LARGEST = 1e4
#: Values of a tensor that it is compared with: more are another answer of the network.
MOST_VALUES = 8
MOST_MARKS = 3


@dataclass
class Compared:
    """`equal`: a value that is just that means something of its own, as a padding. `ordered`: bounds."""

    equal: "list[float]" = field(default_factory=list)
    ordered: "list[float]" = field(default_factory=list)


def with_compared(call: Call) -> "list[Argument]":
    """The arguments, each with the numbers in its range that the module compares with."""
    found = _compared(call)
    return [_marked(argument, found) for argument in call.arguments]


def _marked(argument: Argument, found: Compared) -> Argument:
    """Zero is how a missing row, or what lies around a picture, is written."""
    kind = np.dtype(argument.dtype).kind
    if kind not in "fiu" or argument.generator not in ("normal", "uniform", "integers"):
        return argument
    marks = tuple(dict.fromkeys(each for each in (*found.equal, 0.0) if _fits(each, argument)))[:MOST_MARKS]
    bounds = tuple(dict.fromkeys(each for each in found.ordered if _fits(each, argument)))
    return replace(argument, marks=marks, bounds=bounds)


def _fits(number: float, argument: Argument) -> bool:
    low = -math.inf if argument.low is None else argument.low
    high = math.inf if argument.high is None else argument.high
    if np.dtype(argument.dtype).kind != "f":
        return low <= number < high and number == np.rint(number)
    # What float32 has not is another number in float64.
    return math.isnan(number) or (
        low <= number <= high and abs(number) <= LARGEST and float(np.float32(number)) == number
    )


def _compared(call: Call) -> Compared:
    watch = _Watch()
    tensors = [torch.from_numpy(np.array(example(argument))) for argument in call.arguments]
    try:
        with torch.no_grad(), watch:
            call.of(call.module, tensors)
    except FAILED as error:
        # Compiled code, or an operator, that cannot be looked into: what was seen until then still holds.
        print(f"not all comparisons of the module are known: {last_line(error)[:200]}", flush=True)
    return watch.found


class _Watch(TorchDispatchMode):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.found = Compared()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(func).split(".")[1]
        if name in EQUAL:
            self.found.equal += [number for each in args for number in _numbers(each)]
        elif name in ORDERED:
            self.found.ordered += [number for each in args for number in _numbers(each)]
        elif name in NOT_A_NUMBER:
            self.found.equal.append(math.nan)
        elif name == EMBEDDING and len(args) > PADDING:
            # A table without a padding says -1.
            self.found.equal += [float(args[PADDING])] if args[PADDING] >= 0 else []
        return func(*args, **(kwargs or {}))


def _numbers(value: Any) -> "list[float]":
    """Of a number, or of a tensor of few."""
    if isinstance(value, torch.Tensor):
        values = value.reshape(-1).tolist() if value.numel() <= MOST_VALUES and not value.is_complex() else []
    else:
        values = [value] if isinstance(value, (int, float)) else []
    return [float(each) for each in values if not isinstance(each, bool)]
