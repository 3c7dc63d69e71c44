"""How the modules of the source are called: what an exporter names their operators by."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from .torch_layers import CONVOLUTION, NORMS

#: The modules that are being called, each by the name that the exporter torchscript gives it.
Scope = tuple[str, ...]
Hook = Callable[..., None]


class Calls:
    """Of one run."""

    def __init__(self) -> None:
        #: By a module's path, the scope of each of its calls.
        self.scopes: dict[str, list[Scope]] = {}
        #: Of a layer whose output goes into a norm next, that norm: an exporter may make one operator of both.
        self.norms: dict[str, str] = {}
        self._stack: list[str] = []
        self._paths: list[str] = []
        self._last: tuple[str, Any] = ("", None)

    @property
    def here(self) -> "tuple[str, Scope]":
        """Of the module that is running: its path, and its scope."""
        return (self._paths[-1] if self._paths else "", tuple(self._stack))

    @contextmanager
    def watched(self, model: torch.nn.Module) -> Iterator[None]:
        with ExitStack() as handles:
            for path, module in model.named_modules():
                # They take no hooks.
                if isinstance(module, torch.jit.ScriptModule):
                    continue
                before, after = self._hooks(path, module)
                handles.callback(module.register_forward_pre_hook(before).remove)
                handles.callback(module.register_forward_hook(after).remove)
            yield
        self._last = ("", None)

    def _hooks(self, path: str, module: torch.nn.Module) -> "tuple[Hook, Hook]":
        names = [own_name(path)] if path else []
        is_norm, is_before_norm = isinstance(module, NORMS), isinstance(module, (CONVOLUTION, torch.nn.Linear))

        def before(_: Any, inputs: Any) -> None:
            self._stack.extend(names)
            self._paths.append(path)
            self.scopes.setdefault(path, []).append(tuple(self._stack))
            layer, output = self._last
            if is_norm and output is not None and any(each is output for each in inputs):
                self.norms[layer] = path

        def after(_: Any, inputs: Any, output: Any) -> None:
            del self._stack[len(self._stack) - len(names) :]
            self._paths.pop()
            if is_before_norm:
                self._last = (path, output)

        return before, after


def own_name(path: str) -> str:
    """`layer1.0.conv1` is conv1, and `layer1.0` is layer1.0: from the last atom on that is no number."""
    atoms = path.split(".")
    named = [at for at, atom in enumerate(atoms) if not atom.isnumeric()]
    return ".".join(atoms[named[-1] :]) if named else path
