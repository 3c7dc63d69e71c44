"""A picture on which a segmentor chooses classes that it hardly chooses elsewhere.

What happens to a class that never wins is untested. Gradient ascent on the picture finds where it wins, also for a
network that was hardly trained.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil, sqrt
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from .cases import MOST_PIXELS, Case, Plan, input_sizes, normalised
from .pictures import smooth_picture

STEPS = 40
#: Steps are fewer on larger pictures: each costs as much as two or three references.
PIXELS = 128 * 128
#: Part of the range of a channel that a step may change.
RATE = 0.06
#: Places where a class must win, of those where it is wanted: the search ends when all do.
WON = 0.25


def class_targeted_case(model: Any, plan: Plan) -> Case | None:
    """The case `aimed`, of the smallest size that the references have for one row; None where that is large.

    model: a segmentor of mmseg that nothing has rewritten yet: MMDeploy's rewriting has no gradient.
    """
    # On the sizes for several rows there is no room for all classes.
    sizes = input_sizes(replace(plan, small=False))
    height, width = min(sizes, key=lambda each: each[0] * each[1])
    if height * width > MOST_PIXELS:
        return None
    picture = normalised(smooth_picture(np.random.default_rng(plan.seed + 1), height, width, plan.channels), plan)[None]
    low, high = ((value - plan.mean) / plan.std for value in (0.0, 255.0))
    picture.requires_grad_(True)
    optimiser = torch.optim.Adam([picture], lr=RATE * float((high - low).max()))
    with _frozen(model):
        for _ in range(max(4, min(STEPS, STEPS * PIXELS // (height * width)))):
            optimiser.zero_grad()
            logits = model.float()._forward(picture)
            wanted = _chequered(*logits.shape[1:])
            if _all_win(logits, wanted):
                break
            cross_entropy(logits, wanted).backward()
            optimiser.step()
            with torch.no_grad():
                picture.copy_(torch.maximum(torch.minimum(picture, high), low))
    return Case("aimed", "random", picture.detach())


def _all_win(logits: torch.Tensor, wanted: torch.Tensor) -> bool:
    """Whether each class that is wanted somewhere is chosen in enough places, wherever they are."""
    labels, places = wanted.unique(return_counts=True)
    chosen = logits.argmax(1).flatten().bincount(minlength=logits.shape[1])
    return bool((chosen[labels] >= WON * places).all())


def _chequered(classes: int, height: int, width: int) -> torch.Tensor:
    """Labels [1, height, width]: each class has a block of its own."""
    side = ceil(sqrt(classes))
    rows, columns = (torch.arange(count) * side // count for count in (height, width))
    return ((rows[:, None] * side + columns[None]) % classes)[None]


@contextmanager
def _frozen(model: torch.nn.Module) -> Iterator[None]:
    """Only the picture learns."""
    learning = [each for each in model.parameters() if each.requires_grad]
    for each in learning:
        each.requires_grad_(False)
    try:
        yield
    finally:
        for each in learning:
            each.requires_grad_(True)
