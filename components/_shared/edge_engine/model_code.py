"""Python files of the model folder, for engines that run them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def model_code(folder: Path) -> Iterator[None]:
    """Modules of the model folder can be imported meanwhile, behind all others."""
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
