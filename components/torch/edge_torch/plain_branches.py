"""torch.cond outside of an export: it compiles what it calls, which no look inside of the module survives."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def plain_branches() -> Iterator[None]:
    """`torch.cond` calls the branch that it takes, and nothing else, meanwhile."""
    before = getattr(torch, "cond", None)
    if before is None:
        yield
        return
    torch.cond = _chosen
    try:
        yield
    finally:
        torch.cond = before


def forget_compiled() -> None:
    """What failed to compile under a mode would fail again without it: the compiler remembers."""
    if "torch._dynamo" in sys.modules:
        torch._dynamo.reset()


def _chosen(
    pred: Any, true_fn: "Callable[..., Any]", false_fn: "Callable[..., Any]", operands: "Sequence[Any]" = ()
) -> Any:
    return (true_fn if bool(pred) else false_fn)(*operands)
