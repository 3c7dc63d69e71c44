"""Loads weights so that nothing stays random in silence: what does not fit is named, tensor by tensor."""

from collections import OrderedDict
from fnmatch import fnmatchcase
from typing import Any

import torch

from edge_engine.failure import Failure

from .checkpoint_file import Checkpoint
from .misfit import Misfit, describe, parse_misfit, some

HINT = (
    "Upload the config.py that this checkpoint was trained with. If it is meant, list the tensors under "
    "`allow: {missing: [...], unexpected: [...]}` in the conversion.yaml of the Git repository."
)


def load_strictly(
    model: torch.nn.Module, checkpoint: Checkpoint, missing: list[str], unexpected: list[str]
) -> list[str]:
    """Loads with mmengine's loader (it knows renamed keys of old versions). Returns a line for each allowed exception.

    missing, unexpected: names or globs that are allowed.
    """
    from mmengine.runner.checkpoint import load_state_dict

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
        raise Failure("mismatch", "checkpoint-mismatch", describe(left, checkpoint.file, len(model.state_dict())), HINT)
    return [
        f"{len(names)} {what} tensors are allowed by the configuration: {some(names)}"
        for what, names in (("missing", misfit.missing), ("unexpected", misfit.unexpected))
        if names
    ]


def _allowed(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
