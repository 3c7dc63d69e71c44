"""The model's own Python file: `build()` gives the module, without weights."""

import torch

from edge_engine.failure import Failure, last_line, place_in
from edge_engine.model_code import module_of
from edge_engine.request import Request

DEFAULT_FUNCTION = "build"
DEFAULT_FILE = "model.py"


def find_build(request: Request) -> "tuple[str, str] | None":
    """File and function: of the option `build`, else of model.py, else of the only Python file; None without any."""
    said = request.options.get("build")
    if said:
        file, _, function = said.partition(":")
        return file, function or DEFAULT_FUNCTION
    files = request.files if request.code is None else request.code_files
    paths = sorted(path for path in files.get("code", []) if "/" not in path)
    if DEFAULT_FILE in paths:
        return DEFAULT_FILE, DEFAULT_FUNCTION
    if len(paths) > 1:
        hint = f"Call the one with build() {DEFAULT_FILE}, or name it: torch: {{build: FILE.py:build}}"
        raise Failure("input", "build-ambiguous", f"{', '.join(paths)} could all have build()", hint)
    return (paths[0], DEFAULT_FUNCTION) if paths else None


def build_module(request: Request, file: str, function: str) -> torch.nn.Module:
    """What `build(**build_args)` gives. `Failure` where the file, the function or the module is not there."""
    module = module_of(request.code_folder, file, "torch.build")
    make = getattr(module, function, None)
    if not callable(make):
        said = ", ".join(sorted(name for name in vars(module) if not name.startswith("_"))) or "nothing"
        hint = f"Define `def {function}(): return MyModule(...)`, or correct torch.build."
        raise Failure("input", "function-missing", f"{file} has no function {function}; it defines {said}", hint)
    arguments = request.options.get("build_args", {})
    try:
        built = make(**arguments)
    except TypeError as error:
        if place_in(error, request.code_folder) is not None:
            raise
        message = f"{file}: {function} cannot be called with torch.build_args: {last_line(error)}"
        raise Failure("input", "build-args", message, "Correct torch.build_args.") from error
    if not isinstance(built, torch.nn.Module):
        message = f"{file}: {function}() gives a {type(built).__name__}, not a torch.nn.Module"
        raise Failure("input", "build-result", message, "Return the module, without its weights.")
    return built
