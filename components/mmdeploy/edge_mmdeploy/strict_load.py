"""Loads weights so that nothing stays random in silence: what does not fit is named, tensor by tensor."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from fnmatch import fnmatchcase

import torch
from edge_engine.failure import Failure

from .checkpoint_file import Checkpoint

SHOWN = 4
SHAPE = re.compile(r"size mismatch for (\S+): .*?torch\.Size\((\[.*?\])\).*?torch\.Size\((\[.*?\])\)", re.DOTALL)
MISSING = re.compile(r"^missing keys in source state_dict: (.*)$", re.MULTILINE)
UNEXPECTED = re.compile(r"^unexpected key in source state_dict: (.*)$", re.MULTILINE)
HINT = (
    "Upload the config.py that this checkpoint was trained with. If it is meant, list the tensors under "
    "`allow: {missing: [...], unexpected: [...]}` in the conversion.yaml of the Git repository."
)


@dataclass(frozen=True)
class Misfit:
    missing: list[str]
    unexpected: list[str]
    #: name, shape in the checkpoint, shape in the model
    misshaped: list[tuple[str, str, str]]


def load_strictly(model: torch.nn.Module, checkpoint: Checkpoint, missing: list[str], unexpected: list[str]) -> list[str]:
    """Loads with mmengine's loader (it knows renamed keys of old versions). Returns one line for each allowed exception.

    missing, unexpected: names or globs that are allowed.
    """
    from mmengine.runner.checkpoint import load_state_dict

    state = OrderedDict(checkpoint.state)
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
        f"{len(names)} {what} tensors are allowed by the configuration: {_some(names)}"
        for what, names in (("missing", misfit.missing), ("unexpected", misfit.unexpected))
        if names
    ]


def parse_misfit(text: str) -> Misfit:
    """mmengine reports by text alone."""
    return Misfit(_names(MISSING, text), _names(UNEXPECTED, text), [match.groups() for match in SHAPE.finditer(text)])


def describe(misfit: Misfit, file: str, total: int) -> str:
    """One sentence a data scientist understands, with the first names of each kind."""
    parts = []
    if misfit.misshaped:
        shown = [f"{name} is {theirs}, the model wants {ours}" for name, theirs, ours in misfit.misshaped[:SHOWN]]
        parts.append(f"{len(misfit.misshaped)} of another shape ({'; '.join(shown)}{_more(misfit.misshaped)})")
    if misfit.missing:
        parts.append(f"{len(misfit.missing)} of the model's {total} are missing ({_some(misfit.missing)})")
    if misfit.unexpected:
        parts.append(f"{len(misfit.unexpected)} are not of this model ({_some(misfit.unexpected)})")
    return f"{file} does not fit its configuration: tensors: {'; '.join(parts)}"


def _names(pattern: re.Pattern[str], text: str) -> list[str]:
    found = pattern.search(text)
    return found.group(1).split(", ") if found else []


def _allowed(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + _more(names)


def _more(items: list) -> str:
    return f", and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
