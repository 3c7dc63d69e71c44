"""Static methods that MMDeploy rewrites: it puts them back as plain functions, and the source model then fails."""

import functools
import importlib
import inspect
from typing import Any

Places = list[tuple[type, str, Any]]


@functools.cache
def keep_static_methods() -> None:
    """From now on they are static again when MMDeploy's rewriting ends (`ShiftWindowMSA.get_attn_mask` of a Swin)."""
    from mmdeploy.core.rewriters.function_rewriter import FunctionRewriter

    enter, leave = FunctionRewriter.enter, FunctionRewriter.exit

    def entered(self: Any, cfg: Any = None, env: Any = None, **kwargs: Any) -> None:
        records = self._registry.get_records(env or {})
        self.static_methods = _static_methods([path for path, _ in records])
        enter(self, {} if cfg is None else cfg, {} if env is None else env, **kwargs)

    def left(self: Any) -> None:
        leave(self)
        for owner, name, method in self.static_methods:
            setattr(owner, name, method)

    FunctionRewriter.enter, FunctionRewriter.exit = entered, left


def _static_methods(paths: list[str]) -> Places:
    """Of functions that are named `package.module.Class.name`: those that are static, or of the class."""
    found: Places = []
    for path in paths:
        place, _, name = path.rpartition(".")
        owner = _class(place)
        method = vars(owner).get(name) if owner is not None else None
        if owner is not None and isinstance(method, (staticmethod, classmethod)):
            found.append((owner, name, method))
    return found


def _class(path: str) -> type | None:
    module, _, name = path.rpartition(".")
    try:
        owner = getattr(importlib.import_module(module), name, None)
    except (ImportError, ValueError):
        return None
    return owner if inspect.isclass(owner) else None
