"""Python files of the model folder, for engines that run them."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from .failure import Failure


@contextmanager
def model_code(folder: Path) -> Iterator[None]:
    """Modules of the model folder can be imported meanwhile, behind all others."""
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def module_of(folder: Path, file: str, option: str) -> ModuleType:
    """A file of the model folder as a module, run once. `option`, which names it, is for the words of a `Failure`:
    there is no such file in the folder, or it is not a Python file."""
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
    with model_code(folder):
        spec.loader.exec_module(module)
    return module
