"""What the layers of a network get, at a few places: a wrong weight shows right behind it more than anywhere."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from .arrays import Array, Arrays

PREFIX = "layer."
#: Of a batch; of a map or of a sequence, along each axis of the first input that is seen.
ROWS, PLACES = 2, 4
CONVOLUTION = torch.nn.modules.conv._ConvNd
LAYERS = (CONVOLUTION, torch.nn.Linear)
#: Called with a name, the layer, and what it gets.
Keep = Callable[[str, torch.nn.Module, torch.Tensor], None]


@dataclass(frozen=True)
class Sampling:
    """Which values of a tensor are kept: the first rows, and of each further axis every so many-th place."""

    channel_axis: int
    steps: tuple[int, ...]

    def of(self, tensor: torch.Tensor) -> Array:
        """A copy: what follows may work in place."""
        places = [slice(0, ROWS), *(slice(None, None, step) for step in self.steps[1:])]
        values: Array = tensor.detach()[tuple(places)].clone().numpy()
        return values


class LayerSamples:
    """Samples of what layers get, always at the same places."""

    def __init__(self) -> None:
        self.samplings: dict[str, Sampling] = {}

    @contextmanager
    def taken(self, model: torch.nn.Module) -> Iterator[Arrays]:
        """While in force, runs of the model fill what it yields."""
        values: Arrays = {}

        def keep(name: str, layer: torch.nn.Module, tensor: torch.Tensor) -> None:
            sampling = self.samplings.setdefault(name, sampling_of(layer, tensor))
            if tensor.dim() == len(sampling.steps):
                values[name] = sampling.of(tensor)

        with layer_hooks(model, keep):
            yield values


def sampling_of(layer: torch.nn.Module, tensor: torch.Tensor) -> Sampling:
    """Channels come second before a convolution, and last before a product of matrices."""
    channel_axis = 1 if isinstance(layer, CONVOLUTION) else tensor.dim() - 1
    steps = [
        1 if axis in (0, channel_axis) else max(1, int(length) // PLACES) for axis, length in enumerate(tensor.shape)
    ]
    return Sampling(channel_axis, tuple(steps))


@contextmanager
def traced_inputs(model: torch.nn.Module) -> Iterator[dict[str, torch.Tensor]]:
    """For a trace: the tensors themselves, each once, without those that were changed in place since."""
    seen: dict[str, tuple[torch.Tensor, int]] = {}
    found: dict[str, torch.Tensor] = {}

    def keep(name: str, _: torch.nn.Module, tensor: torch.Tensor) -> None:
        if all(tensor is not other for other, _ in seen.values()):
            seen[name] = (tensor, tensor._version)

    with layer_hooks(model, keep):
        yield found
    found.update({name: tensor for name, (tensor, version) in seen.items() if tensor._version == version})


@contextmanager
def layer_hooks(model: torch.nn.Module, keep: Keep) -> Iterator[None]:
    """Of a layer that runs several times, its first call."""
    called: set[str] = set()
    with ExitStack() as stack:
        for path, layer in model.named_modules():
            if isinstance(layer, LAYERS):
                handle = layer.register_forward_pre_hook(_hook(PREFIX + path, called, keep))
                stack.callback(handle.remove)
        yield


def _hook(name: str, called: set[str], keep: Keep) -> Callable[[torch.nn.Module, Any], None]:
    def before(layer: torch.nn.Module, inputs: Any) -> None:
        if name in called or not inputs or not isinstance(inputs[0], torch.Tensor):
            return
        called.add(name)
        if inputs[0].is_floating_point() and inputs[0].dim() >= 2:
            keep(name, layer, inputs[0])

    return before
