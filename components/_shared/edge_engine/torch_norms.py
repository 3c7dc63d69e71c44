"""Norms that a network of torch calls, as functions that a graph has as one operator each.

A norm's epsilon matters only where the numbers of a row are nearly equal, which no drawn case has inside of a network.
"""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any

import torch

from .functions import Function

#: Numbers of one channel of a map.
PLACES = 8
#: Makes of the numbers what the function of torch does, given its other arguments.
Computing = Callable[[Any, Sequence[Any], Mapping[str, Any]], Any]


def norm_of(name: str, layer: str, said: "tuple[Any, Any]", computing: Computing) -> "Function | None":
    """name: of torch. said: arguments of the call. None where a graph has something else than one operator for it."""
    (first, *others), kwargs = said
    eps = kwargs.get("eps", 1e-5)
    if first.dtype != torch.float32 or not isinstance(eps, float):
        return None
    if name == "layer_norm":
        (shape, *more) = others or (kwargs.get("normalized_shape", ()),)
        if len(shape) != 1 or more:
            return None
        compute, channels, places = computing(torch.nn.functional.layer_norm, (shape,), _named(kwargs)), shape[0], 1
    elif name == "group_norm":
        # A graph has it as a norm of each group, behind which the channels are weighted.
        groups = others[0] if len(others) == 1 else 0
        compute, channels, places = computing(torch.nn.functional.instance_norm, (), {"eps": eps}), groups, PLACES
    else:
        of_itself = kwargs.get("use_input_stats", True) and kwargs.get("running_mean") is None
        if others or not of_itself:
            return None
        compute, channels, places = computing(torch.nn.functional.instance_norm, (), kwargs), first.shape[1], PLACES
    if channels < 1:
        return None
    return Function(name, layer, compute, (sqrt(eps),), int(channels), 2 if places == 1 else 3, places)


def _named(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if name != "normalized_shape"}
