"""Code of the model folder: classes that a file needs, and functions that the options name."""

from pathlib import Path
from typing import Any

from edge_engine.failure import Failure
from edge_engine.model_code import module_of


def object_of(place: str, folder: Path, option: str) -> Any:
    """What `FILE.py:NAME` names. `Failure` says which of both is not there."""
    file, _, name = place.partition(":")
    module = module_of(folder, file, option)
    if not hasattr(module, name):
        said = ", ".join(sorted(entry for entry in vars(module) if not entry.startswith("_"))) or "nothing"
        hint = f"Correct {option} in conversion.yaml, or define it."
        raise Failure("input", "function-missing", f"{file} has no {name}; it defines {said}", hint)
    return getattr(module, name)


def objects_of(named: dict[str, str], folder: Path, option: str) -> dict[str, Any]:
    """By the same keys, what each `FILE.py:NAME` names."""
    return {key: object_of(place, folder, f"{option}.{key}") for key, place in named.items()}
