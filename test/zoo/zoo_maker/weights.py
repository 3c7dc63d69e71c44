"""Random weights that use all of a network: no layer is switched off, no activation dies or explodes."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

Forward = Callable[[torch.Tensor], object]
QUERY_SPREAD = 4
NORMS = (_BatchNorm, nn.LayerNorm, nn.GroupNorm)


def randomise(model: nn.Module, seed: int) -> None:
    """In place. As built, networks hide faults: biases of 0, norms of 1, residual branches of 0, tiny layer scales."""
    torch.manual_seed(seed)
    model.init_weights()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, NORMS) and module.weight is not None:
                module.weight.uniform_(0.6, 1.4, generator=generator)
                module.bias.normal_(0, 0.1, generator=generator)
            elif isinstance(module, nn.Linear):
                module.weight.normal_(0, module.in_features**-0.5, generator=generator)
            elif isinstance(module, nn.Embedding):
                # Queries as strong as in trained networks: weak ones all look at the same mean of the picture.
                module.weight.normal_(0, QUERY_SPREAD, generator=generator)
            elif isinstance(module, nn.Conv2d):
                module.weight.copy_(kernels(module.weight.shape, generator))
        for module in model.modules():
            if hasattr(module, "downsample"):
                weaken_residual(list(module.children()))
            elif getattr(module, "with_res_shortcut", False) or getattr(module, "add_identity", False):
                weaken_residual(list(module.modules()))
        for parameter in model.parameters():
            if parameter.numel() > 0 and bool((parameter == parameter.flatten()[0]).all()):
                unfreeze_constant(parameter, generator)


def kernels(shape: torch.Size, generator: torch.Generator) -> torch.Tensor:
    """By He's rule. Half of it is the same all over the kernel: pure noise would see nothing of a smooth picture."""
    noise = torch.randn(shape, generator=generator)
    level = torch.randn((*shape[:2], 1, 1), generator=generator)
    return (noise + level) / 2**0.5 * (2 / shape[1:].numel()) ** 0.5


def weaken_residual(parts: list[nn.Module]) -> None:
    """As in trained networks, less is added than there is: otherwise depth amplifies rounding."""
    norms = [part for part in parts if isinstance(part, _BatchNorm)]
    if norms:
        norms[-1].weight.mul_(0.3)


def unfreeze_constant(parameter: nn.Parameter, generator: torch.Generator) -> None:
    """A bias of 0 becomes small numbers, a scale of 1 or 1e-6 something near 1."""
    if float(parameter.flatten()[0]) == 0:
        parameter.normal_(0, 0.05, generator=generator)
    else:
        parameter.uniform_(0.5, 1.2, generator=generator)


def settle_batch_norm(model: nn.Module, forward: Forward, batches: list[torch.Tensor]) -> None:
    """Batch norm's statistics from pictures, averaged over the batches; everything else stays in evaluation mode."""
    model.eval()
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    with torch.no_grad():
        for batch in batches:
            forward(batch)
    for norm in norms:
        norm.eval()
