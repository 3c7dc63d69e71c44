"""Code of the model folder: classes that a file needs, and functions that the options name."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from edge_engine.failure import Failure


def object_of(place: str, folder: Path, option: str) -> Any:
    """What `FILE.py:NAME` names. `Failure` says which of both is not there."""
    file, _, name = place.partition(":")
    module = _module(folder, file, option)
    if not hasattr(module, name):
        said = ", ".join(sorted(entry for entry in vars(module) if not entry.startswith("_"))) or "nothing"
        hint = f"Correct {option} in conversion.yaml, or define it."
        raise Failure("input", "function-missing", f"{file} has no {name}; it defines {said}", hint)
    return getattr(module, name)


def objects_of(named: dict[str, str], folder: Path, option: str) -> dict[str, Any]:
    """By the same keys, what each `FILE.py:NAME` names."""
    return {key: object_of(place, folder, f"{option}.{key}") for key, place in named.items()}


def _module(folder: Path, file: str, option: str) -> ModuleType:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        hint = f"Put it beside the model, or correct {option} in conversion.yaml."
        raise Failure("input", "file-missing", f"{option} names {file}, which is not in the model's folder", hint)
    name = ".".join(path.relative_to(folder).with_suffix("").parts)
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Failure("input", "file-missing", f"{option}: {file} is not a Python file", "Name a .py file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.append(str(folder))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module
