"""What the layers of a network of torch get, at a few places."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from .layer_samples import Arrays, Sampling, sampling_of

CONVOLUTION = torch.nn.modules.conv._ConvNd
LAYERS = (CONVOLUTION, torch.nn.Linear)
NORMS = (torch.nn.modules.batchnorm._NormBase, torch.nn.GroupNorm)
#: What NumPy has too.
FLOATS = (torch.float16, torch.float32, torch.float64)
Layers = tuple[Any, ...]
#: Called with a layer's path, the layer, and what it gets.
Keep = Callable[[str, torch.nn.Module, torch.Tensor], None]


class LayerSamples:
    """Samples of what layers get, by the layer's path, always at the same places."""

    def __init__(self, layers: Layers = LAYERS) -> None:
        self.samplings: dict[str, Sampling] = {}
        self._layers = layers

    @contextmanager
    def taken(self, model: torch.nn.Module) -> Iterator[Arrays]:
        """While in force, runs of the model fill what it yields."""
        values: Arrays = {}

        def keep(path: str, layer: torch.nn.Module, tensor: torch.Tensor) -> None:
            sampling = self.samplings.setdefault(path, sampling_of(tensor.shape, _channel_axis(layer, tensor)))
            if tensor.dim() == len(sampling.steps) and _is_plain(tensor):
                # A copy: what follows may work in place.
                values[path] = sampling.of(tensor.detach()).clone().cpu().numpy()

        with layer_hooks(model, keep, self._layers):
            yield values


def _is_plain(tensor: torch.Tensor) -> bool:
    return tensor.dtype in FLOATS and tensor.layout == torch.strided and not tensor.is_nested


def _channel_axis(layer: torch.nn.Module, tensor: torch.Tensor) -> int:
    """Channels come second in a map, and last before a product of matrices."""
    return 1 if isinstance(layer, (CONVOLUTION, *NORMS)) else tensor.dim() - 1


@contextmanager
def layer_hooks(model: torch.nn.Module, keep: Keep, layers: Layers = LAYERS) -> Iterator[None]:
    """Of a layer that runs several times, its first call."""
    called: set[str] = set()
    with ExitStack() as stack:
        for path, layer in model.named_modules():
            if isinstance(layer, layers):
                handle = layer.register_forward_pre_hook(_hook(path, called, keep))
                stack.callback(handle.remove)
        yield


def _hook(path: str, called: set[str], keep: Keep) -> Callable[[torch.nn.Module, Any], None]:
    def before(layer: torch.nn.Module, inputs: Any) -> None:
        if path in called or not inputs or not isinstance(inputs[0], torch.Tensor):
            return
        called.add(path)
        if inputs[0].is_floating_point() and inputs[0].dim() >= 2:
            keep(path, layer, inputs[0])

    return before
