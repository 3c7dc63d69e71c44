"""Loads weights so that nothing stays random in silence: what does not fit is named, tensor by tensor."""

from collections import OrderedDict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import torch

from edge_engine.failure import Failure
from edge_engine.words import counted

from .checkpoint_file import Checkpoint
from .misfit import Misfit, describe, hint_for, parse_misfit, some
from .renamed import renaming_hint
from .tensor_kinds import check_whole_numbers


def load_strictly(
    model: torch.nn.Module, checkpoint: Checkpoint, missing: list[str], unexpected: list[str]
) -> list[str]:
    """Loads with mmengine's loader (it knows renamed keys of old versions). Returns a line for each allowed exception.

    missing, unexpected: names or globs that are allowed.
    """
    from mmengine.runner.checkpoint import load_state_dict

    check_whole_numbers(checkpoint.file, checkpoint.state, model.state_dict())
    state: Any = OrderedDict(checkpoint.state)
    state._metadata = checkpoint.versions or OrderedDict()
    misfit = Misfit([], [], [])
    try:
        load_state_dict(model, state, strict=True)
    except RuntimeError as error:
        misfit = parse_misfit(str(error))
        if misfit == Misfit([], [], []):
            raise
    left = Misfit(
        [name for name in misfit.missing if not _allowed(name, missing)],
        [name for name in misfit.unexpected if not _allowed(name, unexpected)],
        misfit.misshaped,
    )
    if left != Misfit([], [], []):
        said = describe(left, checkpoint.file, len(model.state_dict()))
        raise Failure("mismatch", "checkpoint-mismatch", said, renaming_hint(left) or hint_for(left))
    return [
        *_said("missing", misfit.missing, missing),
        *_said("unexpected", misfit.unexpected, unexpected),
    ]


def _said(what: str, names: list[str], patterns: list[str]) -> Iterator[str]:
    """How many tensors the patterns of one kind allow, and which of them allow none."""
    if names:
        allowed = counted(len(names), f"{what} tensor is allowed", f"{what} tensors are allowed")
        yield f"{allowed} by the configuration: {some(names)}"
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            yield f"allow: {what}: {pattern} matches no {what} tensor: remove it"


def _allowed(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
