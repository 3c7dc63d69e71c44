"""Gives last layers outputs of a chosen mean and spread, so that scores are neither equal nor saturated."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn

Layer = nn.Conv2d | nn.Linear
Run = Callable[[], object]


def layers_like(model: nn.Module, pattern: str) -> list[Layer]:
    """The convolutions and linear layers whose name has the pattern. Raises where there is none."""
    found = [
        module
        for name, module in model.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear)) and re.search(pattern, name)
    ]
    if not found:
        raise LookupError(f"no layer is named like {pattern}")
    return found


def standardise(targets: list[tuple[Layer, float, float]], run: Run) -> None:
    """In place: each output channel of a layer gets this (mean, standard deviation) over all that `run` shows it."""
    with ExitStack() as stack:
        outputs = [stack.enter_context(seen(layer)) for layer, _, _ in targets]
        run()
    for (layer, mean, spread), shown in zip(targets, outputs):
        if not shown:
            raise LookupError(f"{layer} was never run")
        values = torch.cat(shown)
        scale = spread / values.std(0).clamp_min(1e-12)
        with torch.no_grad():
            layer.weight.mul_(scale.reshape(-1, *[1] * (layer.weight.dim() - 1)))
            if layer.bias is not None:
                layer.bias.copy_((layer.bias - values.mean(0)) * scale + mean)


def shift_bias(layers: list[Layer], by: float, every: int | None) -> None:
    """Adds to the biases; with `every`, subtracts from each `every`-th channel instead: the background of a softmax."""
    with torch.no_grad():
        for layer in layers:
            if every is None:
                layer.bias.add_(by)
            else:
                layer.bias[every - 1 :: every].sub_(by)


def aim(count: Callable[[], int], shift: Callable[[float], None], wanted: tuple[int, int]) -> int:
    """Shifts scores, by halving steps, until the number of detections is between `wanted`. Returns it."""
    low, high = wanted
    step, last = 2.0, 0
    for _ in range(20):
        found = count()
        if low <= found <= high:
            return found
        direction = 1 if found < low else -1
        step = step / 2 if last and direction != last else step
        shift(direction * step)
        last = direction
    raise RuntimeError(f"no shift of the scores gives {low} to {high} detections: {found} in the end")


@contextmanager
def seen(layer: Layer) -> Iterator[list[torch.Tensor]]:
    """Outputs of a layer as [values, channels], from all calls while the context is open.

    Of [decoder layers, rows, queries, channels] those of the last decoder layer, which are the network's.
    """
    outputs: list[torch.Tensor] = []

    def keep(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        channels_last = output if isinstance(layer, nn.Linear) else output.movedim(1, -1)
        if isinstance(layer, nn.Linear) and channels_last.dim() == 4:
            channels_last = channels_last[-1]
        outputs.append(channels_last.detach().reshape(-1, channels_last.shape[-1]))

    handle = layer.register_forward_hook(keep)
    try:
        with torch.no_grad():
            yield outputs
    finally:
        handle.remove()
