"""Weights of a module of torch, as it computes with them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

AXES = 2


def weights_of(module: Any) -> "Iterator[tuple[str, NDArray[np.float32]]]":
    """By their paths: what a layer computes, as a weight with a norm or a mask; then parameters and buffers."""
    if not isinstance(module, torch.nn.Module):
        return
    for path, part in module.named_modules():
        if isinstance(part, torch.jit.ScriptModule):
            continue
        for name in ("weight", *getattr(part, "parametrizations", ())):
            computed: Any = getattr(part, name, None)
            if name not in part._parameters and _is_weight(computed):
                yield f"{path}.{name}", computed.detach().cpu().numpy()
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        if _is_weight(tensor):
            yield name, tensor.detach().cpu().numpy()


def _is_weight(tensor: Any) -> bool:
    return (
        isinstance(tensor, torch.Tensor)
        and tensor.dtype == torch.float32
        and tensor.layout == torch.strided
        and tensor.dim() >= AXES
    )
