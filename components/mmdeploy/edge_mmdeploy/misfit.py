"""What does not fit between a checkpoint and a model: read from mmengine's message, said in a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from edge_engine.words import counted

SHOWN = 4
SHAPE = re.compile(r"size mismatch for (\S+): .*?torch\.Size\((\[.*?\])\).*?torch\.Size\((\[.*?\])\)", re.DOTALL)
MISSING = re.compile(r"^missing keys in source state_dict: (.*)$", re.MULTILINE)
UNEXPECTED = re.compile(r"^unexpected key in source state_dict: (.*)$", re.MULTILINE)

CONFIG = "Upload the config.py that this checkpoint was trained with."
ALLOW = (
    "If this is intended, list the tensors under `allow: {missing: [...], unexpected: [...]}` in the "
    "repository's conversion.yaml."
)
#: `allow` is no way out: a tensor of another shape holds nothing that the model could take.
SHAPES = (
    "Its numbers, such as num_classes, must be the ones used in training; tensors of a different shape "
    "cannot be allowed."
)


@dataclass(frozen=True)
class Misfit:
    missing: list[str]
    unexpected: list[str]
    #: name, shape in the checkpoint, shape in the model
    misshaped: list[tuple[str, str, str]]


def parse_misfit(text: str) -> Misfit:
    """mmengine reports by text alone."""
    return Misfit(_names(MISSING, text), _names(UNEXPECTED, text), SHAPE.findall(text))


def describe(misfit: Misfit, file: str, total: int) -> str:
    """One sentence a data scientist understands, with the first names of each kind."""
    parts = []
    if misfit.misshaped:
        shown = [f"{name} is {theirs}, but the model has {ours}" for name, theirs, ours in misfit.misshaped[:SHOWN]]
        differ = counted(len(misfit.misshaped), "tensor has a different shape", "tensors have a different shape")
        parts.append(f"{differ} ({'; '.join(shown)}{_more(misfit.misshaped)})")
    if misfit.missing:
        of = f"of the model's {total} tensors"
        missing = counted(len(misfit.missing), f"{of} is missing", f"{of} are missing")
        parts.append(f"{missing} ({some(misfit.missing)})")
    if misfit.unexpected:
        foreign = counted(
            len(misfit.unexpected), "tensor does not belong to this model", "tensors do not belong to this model"
        )
        parts.append(f"{foreign} ({some(misfit.unexpected)})")
    return f"{file} does not match its configuration: {'; '.join(parts)}"


def hint_for(misfit: Misfit) -> str:
    """What helps with what does not fit: a step that cannot work is not named."""
    return f"{CONFIG} {SHAPES if misfit.misshaped else ALLOW}"


def _names(pattern: re.Pattern[str], text: str) -> list[str]:
    found = pattern.search(text)
    return found.group(1).split(", ") if found else []


def some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + _more(names)


def _more(items: Sequence[object]) -> str:
    return f", and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
