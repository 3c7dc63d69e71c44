"""Where code comes from Git alone: nothing that was downloaded is run, whoever asks for it.

Python tells a hook of what it is about to do; a hook cannot be taken back. So this also holds for what MMDeploy, a
configuration or a package does later: `init_cfg` that names the checkpoint, numpy's pickles, a module beside a picture.
"""

import sys
from pathlib import Path
from typing import Any

from edge_engine.failure import Failure

HINT = (
    "Code only comes from Git here (code-from: git): put code into the model's folder in the repository, and "
    "only weights, samples and class names into the store."
)


def refuse_foreign_code(folder: Path) -> list[Failure]:
    """folder: of the downloaded files. For the rest of this process. Returns the list that what is refused goes into:

    whoever wanted it may catch the exception.
    """
    inside = folder.absolute()
    refused: list[Failure] = []

    def refuse(what: str) -> None:
        message = f"something tried to {what}, but downloaded files must not run code"
        refused.append(Failure("input", "code-from-store", message, HINT))
        raise refused[-1]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class":
            refuse(f"unpickle {arguments[0]}.{arguments[1]}")
        elif event == "exec" and _lies_in(getattr(arguments[0], "co_filename", ""), inside):
            refuse(f"run {Path(arguments[0].co_filename).name}")
        elif event in ("ctypes.dlopen", "import"):
            path = arguments[0] if event == "ctypes.dlopen" else arguments[1]
            if _lies_in(path, inside):
                refuse(f"load {Path(path).name}")

    sys.addaudithook(hook)
    return refused


def _lies_in(path: Any, folder: Path) -> bool:
    return isinstance(path, str) and Path(path).absolute().is_relative_to(folder)
