"""The names of the classes: from the checkpoint, the configuration and classes.txt, which must agree."""

from dataclasses import dataclass
from typing import Any

import torch

from edge_engine.failure import Failure
from edge_engine.words import counted

LOADERS = ("test_dataloader", "val_dataloader", "train_dataloader")


@dataclass(frozen=True)
class Classes:
    names: list[str] | None
    #: Where they come from, for contract.json.
    source: str | None


def find_classes(sources: dict[str, list[str] | None], count: int | None) -> Classes:
    """sources: in order of trust, where from to names. Order matters: label 0 is the first name."""
    known = {source: names for source, names in sources.items() if names}
    if not known:
        return Classes(None, None)
    (first, names), *others = known.items()
    for other, theirs in others:
        if theirs != names:
            raise Failure(
                "mismatch",
                "classes-disagree",
                f"{first} and {other} name different classes: {_difference(names, theirs)}",
                "Labels would be read wrongly on the device: correct the wrong list (the order matters).",
            )
    if count is not None and len(names) != count:
        message = f"{first} names {counted(len(names), 'class', 'classes')}, but the model has {count}"
        hint = "Correct the list of classes, or use the configuration that belongs to this checkpoint."
        raise Failure("mismatch", "classes-count", message, hint)
    return Classes(names, first)


def classes_of_config(config: Any) -> list[str] | None:
    """What the configuration itself says: `metainfo` of the first dataset that has one. Defaults do not count."""
    for loader in LOADERS:
        dataset = (config.get(loader) or {}).get("dataset") or {}
        while isinstance(dataset.get("dataset"), dict):
            dataset = dataset["dataset"]
        found = (dataset.get("metainfo") or {}).get("classes")
        if isinstance(found, (list, tuple)) and found:
            return [str(name) for name in found]
    return None


def class_count(model: torch.nn.Module) -> int | None:
    """Classes of the head, where it says so."""
    for path in ("bbox_head", "roi_head.bbox_head", "decode_head", "head"):
        head: Any = model
        for part in path.split("."):
            head = getattr(head, part, None)
        head = head[-1] if isinstance(head, torch.nn.ModuleList) and len(head) else head
        count = getattr(head, "num_classes", None)
        if isinstance(count, int) and count > 0:
            return count
    return None


def _difference(names: list[str], others: list[str]) -> str:
    if len(names) != len(others):
        return f"{len(names)} against {len(others)}"
    index = next(place for place, (name, other) in enumerate(zip(names, others)) if name != other)
    return f"label {index} is {names[index]!r} against {others[index]!r}"
