"""Numbers that the source compares its tensors with, as a padding's id or a bound: drawn values rarely meet them."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from edge_engine.failure import last_line
from edge_engine.marks import is_held

from .arguments import Argument
from .call import Call
from .draw import example
from .plain_branches import forget_compiled, plain_branches
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
#: Generators whose values may be others.
DRAWN = ("normal", "uniform", "integers")


@dataclass
class Compared:
    """Of floats, or of integers. `equal`: a value that means something of its own, as a padding. `ordered`: bounds."""

    equal: "list[float]" = field(default_factory=list)
    ordered: "list[float]" = field(default_factory=list)


def with_compared(call: Call) -> "list[Argument]":
    """The arguments, each with the numbers in its range that the module compares with."""
    floats, integers = _compared(call)
    return [
        _marked(each, floats if np.dtype(each.dtype).kind == "f" else integers) if each.generator in DRAWN else each
        for each in call.arguments
    ]


def _marked(argument: Argument, found: Compared) -> Argument:
    """Zero is how a missing row, or what lies around a picture, is written."""
    numbers = (0.0, *found.equal) if np.dtype(argument.dtype).kind == "f" else (*found.equal, 0.0)
    marks = tuple(dict.fromkeys(each for each in numbers if _fits(each, argument)))[:MOST_MARKS]
    bounds = tuple(dict.fromkeys(each for each in found.ordered if _fits(each, argument)))
    return replace(argument, marks=marks, bounds=bounds)


def _fits(number: float, argument: Argument) -> bool:
    low = -math.inf if argument.low is None else argument.low
    high = math.inf if argument.high is None else argument.high
    if np.dtype(argument.dtype).kind != "f":
        return low <= number < high and is_held(number, False)
    return math.isnan(number) or (low <= number <= high and abs(number) <= LARGEST and is_held(number, True))


def _compared(call: Call) -> "tuple[Compared, Compared]":
    watch = _Watch()
    tensors = [torch.from_numpy(np.array(example(argument))) for argument in call.arguments]
    try:
        with torch.no_grad(), plain_branches(), watch:
            call.of(call.module, tensors)
    except FAILED as error:
        # Compiled code, or an operator, that cannot be looked into: what was seen until then still holds.
        forget_compiled()
        print(f"not all comparisons of the module are known: {last_line(error)[:200]}", flush=True)
    return watch.floats, watch.integers


class _Watch(TorchDispatchMode):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.floats, self.integers = Compared(), Compared()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(func).split(".")[1]
        # What is looked at comes first, but for `searchsorted`.
        looked_at, other = (*args, None, None)[:2]
        if name == "searchsorted":
            looked_at, other = other, looked_at
        is_float = isinstance(looked_at, torch.Tensor) and looked_at.is_floating_point()
        found = self.floats if is_float else self.integers
        if name in EQUAL:
            found.equal += _numbers(other)
        elif name in ORDERED:
            found.ordered += _numbers(other)
        elif name in NOT_A_NUMBER:
            found.equal.append(math.nan)
        elif name == EMBEDDING and len(args) > PADDING:
            # A table without a padding says -1.
            self.integers.equal += [float(args[PADDING])] if args[PADDING] >= 0 else []
        return func(*args, **(kwargs or {}))


def _numbers(value: Any) -> "list[float]":
    """Of a number, or of a tensor of few."""
    if isinstance(value, torch.Tensor):
        values = value.reshape(-1).tolist() if value.numel() <= MOST_VALUES and not value.is_complex() else []
    else:
        values = [value] if isinstance(value, (int, float)) else []
    return [float(each) for each in values if not isinstance(each, bool)]
