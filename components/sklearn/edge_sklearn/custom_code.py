"""Code of the model folder: classes that a file needs, and functions that the options name."""

import importlib
from pathlib import Path
from typing import Any

from edge_engine.failure import Failure, last_line
from edge_engine.model_code import module_of


def functions_of(options: dict[str, Any], key: str, folder: Path) -> dict[type, Any]:
    """Of an option `module.Class: file.py:function`: functions by class. `Failure` names what cannot be found."""
    found = {}
    for class_name, place in options.get(key, {}).items():
        file, _, name = place.partition(":")
        module = module_of(folder, file, f"sklearn.{key}")
        if not hasattr(module, name):
            said = ", ".join(sorted(entry for entry in vars(module) if not entry.startswith("_"))) or "nothing"
            hint = f"Correct sklearn.{key}.{class_name} in conversion.yaml, or define the function."
            raise Failure("input", "function-missing", f"{file} has no {name}; it defines {said}", hint)
        found[_class(class_name, key)] = getattr(module, name)
    return found


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
