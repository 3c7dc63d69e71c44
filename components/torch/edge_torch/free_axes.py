"""`dynamic_axes`: which axes are free, by which names, and the sizes at which the source is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge_engine.failure import Failure

from .arguments import Argument, unknown_names

DynamicAxes = dict[str, dict[int, str]]
BATCHES = (1, 2, 3, 5)
#: Times the length of `args`, and the longest that is tried so.
FAR = (16, 8, 4)
LONGEST = 512


def read_dynamic_axes(said: Mapping[str, Any]) -> DynamicAxes:
    """Of YAML: `{x: {0: batch}}`, or `{x: [0]}` with the names that torch would give."""
    return {name: _axes(name, axes) for name, axes in said.items()}


def _axes(name: str, axes: Any) -> dict[int, str]:
    if isinstance(axes, Mapping):
        return {int(axis): str(label) for axis, label in axes.items()}
    return {int(axis): f"{name}_dynamic_axes_{place + 1}" for place, axis in enumerate(axes)}


def with_axes(arguments: Sequence[Argument], axes: DynamicAxes, outputs: "Sequence[str] | None") -> list[Argument]:
    """The arguments with their free axes. `Failure` for names that are not there, and axes that a shape has not.

    outputs: names of the graph's outputs, None where the exporter gives them.
    """
    known = [argument.name for argument in arguments]
    unknown = [name for name in axes if name not in known and outputs is not None and name not in outputs]
    if unknown:
        raise unknown_names("torch.dynamic_axes names", unknown, "inputs and outputs", [*known, *(outputs or [])])
    found = []
    for argument in arguments:
        own = axes.get(argument.name, {})
        beyond = [axis for axis in own if axis >= len(argument.shape)]
        if beyond:
            message = f"torch.dynamic_axes.{argument.name} frees axis {beyond[0]}, but it has {len(argument.shape)}"
            raise Failure("input", "axis-unknown", message, "Count axes from 0.")
        found.append(replace(argument, axes=tuple(sorted(own.items()))))
    _same_lengths(found)
    return found


def lengths_of(arguments: Sequence[Argument]) -> dict[str, int]:
    """Of each free axis, by its name, the length that `args` has."""
    return {label: argument.shape[axis] for argument in arguments for axis, label in argument.axes}


def is_batch(arguments: Sequence[Argument], label: str) -> bool:
    """The first axis wherever it is."""
    return all(axis == 0 for argument in arguments for axis, name in argument.axes if name == label)


def candidates(length: int, batch: bool, asked: Sequence[int]) -> list[int]:
    """Lengths to try: what was asked for, then longer and shorter ones by a picture's strides."""
    if batch:
        return list(dict.fromkeys([*asked, *BATCHES, length]))
    stride = next((step for step in (32, 16, 8, 4, 2) if length % step == 0 and length > step), 1)
    steps = [length + stride, max(stride, length - stride), 2 * length, length + 1, length + 3, max(1, length // 2)]
    return list(dict.fromkeys([*asked, *steps, length, 1]))


def long_candidates(length: int) -> list[int]:
    """Far beyond: where positions are counted from, or clipped at, a number that no other length reaches."""
    return [size for size in (length * times for times in FAR) if size <= LONGEST]


def _same_lengths(arguments: Sequence[Argument]) -> None:
    seen: dict[str, tuple[str, int]] = {}
    for argument in arguments:
        for axis, label in argument.axes:
            where, length = seen.setdefault(label, (argument.name, argument.shape[axis]))
            if length != argument.shape[axis]:
                message = (
                    f"the free axis {label} is {length} long in {where}, and {argument.shape[axis]} in {argument.name}"
                )
                hint = "Give both one length in torch.args, or the axes names of their own in torch.dynamic_axes."
                raise Failure("input", "args-sizes", message, hint)
