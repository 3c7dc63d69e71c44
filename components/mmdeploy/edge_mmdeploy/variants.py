"""float32 in other ways: how far it is from itself, where there is no float64 to be far from."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from .arrays import Arrays
from .evaluate import Evaluator

WAYS = 4


def variants(evaluator: Evaluator, tensor: torch.Tensor, seed: int = 0) -> list[Arrays]:
    """Four: without oneDNN, in another memory format, and of inputs that are 1 ulp away, once on one thread."""
    with torch.backends.mkldnn.flags(enabled=False):
        plain, _ = evaluator.single(tensor)
    moved, _ = evaluator.single(tensor.contiguous(memory_format=torch.channels_last))
    near, _ = evaluator.single(one_ulp_away(tensor, seed))
    with one_thread():
        slow, _ = evaluator.single(one_ulp_away(tensor, seed + 1))
    return [plain, moved, near, slow]


def one_ulp_away(tensor: torch.Tensor, seed: int) -> torch.Tensor:
    """Each number up or down by the smallest step; zeros, as of padding, stay."""
    values = tensor.numpy()
    up = np.random.default_rng(seed).random(values.shape) < 0.5
    moved = np.nextafter(values, np.where(up, np.inf, -np.inf).astype(np.float32))
    return torch.from_numpy(np.where(values == 0, values, moved))


@contextmanager
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
