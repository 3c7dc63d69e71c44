"""How a module is called: from tensors in their order to forward's arguments, and from its answer to named tensors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import torch

from edge_engine.failure import Failure

from .arguments import Argument

Named = tuple[str, torch.Tensor]


@dataclass(frozen=True)
class Call:
    """A module with the arguments that it is called with, and which of its outputs are taken (None: all)."""

    module: Any
    arguments: Sequence[Argument]
    by_name: bool = False
    taken: "tuple[str, ...] | None" = None

    def of(self, module: Any, tensors: Sequence[torch.Tensor]) -> list[Named]:
        """Outputs of this module, or of a copy, with their keys, in order."""
        positional, named = self.split(tensors)
        found = list(flatten(module(*positional, **named)))
        if self.taken is None:
            return found
        by_key = dict(found)
        return [(key, by_key[key]) for key in self.taken]

    def split(self, tensors: Sequence[torch.Tensor]) -> "tuple[list[Any], dict[str, Any]]":
        """By place, or by name where forward takes them so; tensors of one mapping together."""
        values: dict[str, Any] = {}
        for argument, tensor in zip(self.arguments, tensors):
            if argument.inside is None:
                values[argument.key] = tensor
            else:
                values.setdefault(argument.inside, {})[argument.key] = tensor
        return ([], values) if self.by_name else (list(values.values()), {})

    def is_plain(self, answer: Any) -> bool:
        """Both exporters take it as it is: tensors in, one tensor or a flat tuple out."""
        plain = isinstance(answer, torch.Tensor) or (
            isinstance(answer, (tuple, list)) and all(isinstance(value, torch.Tensor) for value in answer)
        )
        nested = self.by_name or any(argument.inside is not None for argument in self.arguments)
        return plain and not nested and self.taken is None


def flatten(value: Any, key: str = "") -> Iterator[Named]:
    """Tensors of nested lists, mappings and dataclasses; `Failure` for what is no tensor. None is left out."""
    if isinstance(value, torch.Tensor):
        yield key, value
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from flatten(entry, _below(key, str(name)))
    elif isinstance(value, (list, tuple)):
        names = getattr(value, "_fields", None)
        for at, entry in enumerate(value):
            yield from flatten(entry, _below(key, names[at] if names else str(at) if key else ""))
    elif is_dataclass(value):
        for entry in fields(value):
            yield from flatten(getattr(value, entry.name), _below(key, entry.name))
    elif value is not None:
        where = f" in {key}" if key else ""
        message = f"the module gives a {type(value).__name__}{where}, and a graph has tensors alone"
        raise Failure("input", "output-not-a-tensor", message, "Return tensors, as torch.tensor(value) of a number.")


def _below(key: str, name: str) -> str:
    return f"{key}_{name}" if key and name else key or name


#: The path of the module in a flat one.
WRAPPED = "model"


def flat_module(call: Call) -> torch.nn.Module:
    """Tensors in, a tuple of tensors out, with a forward whose parameters have the arguments' names."""
    names = [argument.name for argument in call.arguments]
    taken = names if all(name.isidentifier() for name in names) else [f"input_{at}" for at in range(len(names))]
    space: dict[str, Any] = {}
    exec(f"def forward(self, {', '.join(taken)}):\n    return self.answer([{', '.join(taken)}])", space)

    class Flat(torch.nn.Module):  # type: ignore[misc]
        forward = space["forward"]

        def __init__(self) -> None:
            super().__init__()
            self.model = call.module

        def answer(self, tensors: Sequence[torch.Tensor]) -> Any:
            found = tuple(tensor for _, tensor in call.of(self.model, tensors))
            return found[0] if len(found) == 1 else found

    return Flat().eval()
