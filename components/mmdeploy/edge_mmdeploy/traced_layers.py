"""What the layers of a network get, as tensors of a trace."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch

from edge_engine.torch_layers import layer_hooks

#: Before a layer's path: the name of its input in the graph.
PREFIX = "layer."


@contextmanager
def traced_inputs(model: torch.nn.Module) -> Iterator[dict[str, torch.Tensor]]:
    """By their names in the graph, each tensor once, without those that were changed in place since."""
    seen: dict[str, tuple[torch.Tensor, int]] = {}
    found: dict[str, torch.Tensor] = {}

    def keep(path: str, _: torch.nn.Module, tensor: torch.Tensor) -> None:
        if all(tensor is not other for other, _ in seen.values()):
            seen[PREFIX + path] = (tensor, tensor._version)

    with layer_hooks(model, keep):
        yield found
    found.update({name: tensor for name, (tensor, version) in seen.items() if tensor._version == version})


def layer_tensors(names: Iterable[str]) -> dict[str, str]:
    """Of names in the graph those of layers' inputs, by the layers' paths."""
    return {name[len(PREFIX) :]: name for name in names if name.startswith(PREFIX)}
