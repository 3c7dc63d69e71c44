"""What a module's answer depends on beside its input and weights: earlier calls, random numbers of build()."""

import copy
from collections.abc import Callable
from typing import Any

import torch

from edge_engine.failure import Failure, last_line

from .source import FAILED, Arrays, Results, Source, differ, keeps_state


def fresh_copy(module: Any) -> Any:
    """Made before the first call; None where the module cannot be copied."""
    try:
        return copy.deepcopy(module)
    except Exception as error:  # whatever a copy raises
        print(f"the module cannot be copied: {last_line(error)[:200]}", flush=True)
        return None


def refuse_memory(source: Source, fresh: Any, other: Arrays) -> None:
    """`Failure` where the module, which was called before, answers `other` not as one that never was."""
    if fresh is None:
        return
    try:
        used, unused = source.single(other), source.single_of(fresh, other)
    except FAILED:
        return  # what it refuses is no case
    if differ(used, unused):
        raise keeps_state("the module's answer depends on the inputs that it had before")


def refuse_drift(source: Source, first: Results, arrays: Arrays) -> None:
    """`Failure` where the module, after all cases, answers what it was asked first in another way."""
    if differ(first, source.single(arrays)):
        raise keeps_state("the module's answer to the same input is another one after some calls")


def refuse_random_build(source: Source, rebuild: "Callable[[], Any] | None", arrays: Arrays) -> None:
    """`Failure` where a second build(), with the same weights, gives a module with another answer."""
    if rebuild is None:
        return
    torch.manual_seed(torch.initial_seed() + 1)
    try:
        again = rebuild()
        answer = source.single_of(again, arrays)
    except Exception as error:  # a build() that works once, whatever it raises then
        print(f"build() cannot be called twice: {last_line(error)[:200]}", flush=True)
        return
    finally:
        torch.manual_seed(torch.initial_seed() - 1)
    if not differ(source.single(arrays), answer):
        return
    named = _other_tensors(source.call.module, again)
    which = f" ({', '.join(named[:5])})" if named else ""
    message = f"build() gives a module with another answer each time, with the same weights of the checkpoint{which}"
    hint = (
        "What it draws at random is not in the checkpoint: take it from there, as a persistent buffer, "
        "or make it without random numbers."
    )
    raise Failure("input", "source-random", message, hint)


def _other_tensors(first: torch.nn.Module, second: torch.nn.Module) -> list[str]:
    """Buffers and plain attributes of one name that hold other numbers."""
    mine, others = dict(_tensors(first)), dict(_tensors(second))
    return [
        name
        for name, value in mine.items()
        if name in others and (value.shape != others[name].shape or not torch.equal(value, others[name]))
    ]


def _tensors(module: torch.nn.Module) -> Any:
    yield from module.named_buffers()
    for path, part in module.named_modules():
        for name, value in vars(part).items():
            if isinstance(value, torch.Tensor):
                yield f"{path}.{name}" if path else name, value
