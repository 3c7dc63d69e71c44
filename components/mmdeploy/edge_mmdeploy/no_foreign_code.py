"""Where code comes from Git alone: nothing that was downloaded is run, whoever asks for it.

Python tells a hook of what it is about to do; a hook cannot be taken back. So this also holds for what MMDeploy, a
configuration or a package does later: `init_cfg` that names the checkpoint, numpy's pickles, a module beside a picture.
"""

import sys
from pathlib import Path
from typing import Any

from edge_engine.failure import Failure

HINT = (
    "Code comes from Git alone here (code-from: git): put what must run into the model's folder of the repository, "
    "and only weights, samples and class names into the store."
)


def refuse_foreign_code(folder: Path) -> None:
    """folder: of the downloaded files. For the rest of this process."""
    inside = folder.absolute()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class":
            _refuse(f"unpickle {arguments[0]}.{arguments[1]}")
        elif event == "exec" and _lies_in(getattr(arguments[0], "co_filename", ""), inside):
            _refuse(f"run {Path(arguments[0].co_filename).name}")
        elif event in ("ctypes.dlopen", "import"):
            path = arguments[0] if event == "ctypes.dlopen" else arguments[1]
            if _lies_in(path, inside):
                _refuse(f"load {Path(path).name}")

    sys.addaudithook(hook)


def _lies_in(path: Any, folder: Path) -> bool:
    return isinstance(path, str) and Path(path).absolute().is_relative_to(folder)


def _refuse(what: str) -> None:
    raise Failure("input", "code-from-store", f"something wants to {what}, and what was downloaded runs no code", HINT)
