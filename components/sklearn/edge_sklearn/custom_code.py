"""Code of the model folder: classes that a file needs, and functions that the options name."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from edge_engine.failure import Failure, last_line


def functions_of(options: dict[str, Any], key: str, folder: Path) -> dict[type, Any]:
    """Of an option `module.Class: file.py:function`: functions by class. `Failure` names what cannot be found."""
    found = {}
    for class_name, place in options.get(key, {}).items():
        file, _, name = place.partition(":")
        module = _module(folder, file, f"sklearn.{key}")
        if not hasattr(module, name):
            said = ", ".join(sorted(entry for entry in vars(module) if not entry.startswith("_"))) or "nothing"
            hint = f"Correct sklearn.{key}.{class_name} in conversion.yaml, or define the function."
            raise Failure("input", "function-missing", f"{file} has no {name}; it defines {said}", hint)
        found[_class(class_name, key)] = getattr(module, name)
    return found


def _module(folder: Path, file: str, option: str) -> ModuleType:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        hint = f"Put it into the model's folder, or correct {option} in conversion.yaml."
        raise Failure("input", "file-missing", f"{option} names {file}, which is not in the model's folder", hint)
    name = ".".join(path.relative_to(folder).with_suffix("").parts)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _class(name: str, key: str) -> type:
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        hint = (
            f"Write the class in sklearn.{key} as `module.Class`, with the module name that the model's code "
            "imports."
        )
        raise Failure("input", "class-not-importable", f"sklearn.{key}: {last_line(error)}", hint) from error
    if not isinstance(found, type):
        raise Failure("input", "class-not-importable", f"sklearn.{key}: {name} is not a class", "Name a class.")
    return found
