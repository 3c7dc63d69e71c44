"""Which inputs the references are computed for: at least 8 rows in 3 cases, and 3 sizes where the size is free."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np
import torch

from edge_engine.references import CaseKind

from .arrays import Array
from .codebase import Task
from .pictures import noise_picture, smooth_picture

ROWS = 8
BATCHES = (4, 3, 1)
#: Where each row has many values of each channel, or many boxes: fewer rows are evidence enough. Several at two
#: sizes: a DETR of MMDeploy takes several at the size that is traced alone. Validation tries more rows than that.
DENSE_BATCHES = (2, 2, 1)
STRIDE = 32
# float64 convolutions cost seconds a megapixel, on small inputs they prove the same.
MOST_PIXELS = 320 * 320
#: Of a row, where a case has several.
SMALL_PIXELS = 128 * 128
MOST_SAMPLES = 8
MOST_SAMPLE_PIXELS = 3_000_000
BATCH, HEIGHT, WIDTH = 0, 2, 3


@dataclass(frozen=True)
class Case:
    name: str
    kind: CaseKind
    tensor: torch.Tensor


@dataclass(frozen=True)
class Plan:
    """base: (height, width) of the first input, channels: its third number.

    free: symbolic axes of [batch, channel, height, width]. small: whether the source takes inputs that small.
    """

    base: tuple[int, int]
    free: set[int]
    random_cases: int
    sizes: dict[str, list[int]]
    mean: torch.Tensor
    std: torch.Tensor
    seed: int
    channels: int = 3
    small: bool = True


def sample_cases(tensors: list[torch.Tensor]) -> list[Case]:
    """The first samples, at least one, as far as the budget of pixels goes."""
    cases: list[Case] = []
    pixels = 0
    for index, tensor in enumerate(tensors[:MOST_SAMPLES]):
        pixels += tensor.shape[HEIGHT] * tensor.shape[WIDTH]
        if cases and pixels > MOST_SAMPLE_PIXELS:
            break
        cases.append(Case(f"sample-{index}", "real", tensor))
    return cases


def random_cases(plan: Plan, real: int, rows: tuple[int, ...] = BATCHES) -> Iterator[Case]:
    """Made one by one: pictures in pixels, smooth and noise in turn, normalised as the model does it."""
    rng = np.random.default_rng(plan.seed)
    number = 0
    for index, (batch, size) in enumerate(layout(plan, real, rows)):
        pictures = []
        for _ in range(batch):
            draw: Callable[..., Array] = smooth_picture if number % 2 == 0 else noise_picture
            pictures.append(normalised(draw(rng, *size, plan.channels), plan))
            number += 1
        yield Case(f"random-{index}", "random", torch.stack(pictures))


def layout(plan: Plan, real: int, rows: tuple[int, ...] = BATCHES) -> list[tuple[int, tuple[int, int]]]:
    """Batch and (height, width) of each random case; `rows` in turn where the batch is free."""
    sizes = input_sizes(plan)
    if BATCH in plan.free:
        counts = [rows[index % len(rows)] for index in range(max(plan.random_cases, len(rows)))]
    else:
        counts = [1] * max(plan.random_cases, ROWS - real, 1)
    return [(count, sizes[index % len(sizes)]) for index, count in enumerate(counts)]


def normalised(pixels: Array, plan: Plan) -> torch.Tensor:
    return (torch.from_numpy(pixels) - plan.mean) / plan.std


def extreme_cases(plan: Plan, task: Task) -> Iterator[Case]:
    """Black, white, and far outside of what a picture can be: only crashes and NaN count there.

    Far outside, a detector's scores are all equal, and which boxes are kept is chance: not tried there.
    """
    height, width = min(input_sizes(plan), key=lambda size: size[0] * size[1])
    ones = torch.ones(1, plan.channels, height, width)
    for name, value in (("black", 0.0), ("white", 255.0)):
        yield Case(f"extreme-{name}", "extreme", ones * (value - plan.mean) / plan.std)
    if task == "detection":
        return
    for name, value in (("zeros", 0.0), ("high", 1e4), ("low", -1e4)):
        yield Case(f"extreme-{name}", "extreme", ones * value)


def input_sizes(plan: Plan) -> list[tuple[int, int]]:
    """Three (height, width) that differ in multiples of the stride, then declared ones.

    Two are small, for cases of several rows. The third is higher than the model's own pictures, up to a limit: a table
    that the graph holds up to their size is seen there.
    """
    if not {HEIGHT, WIDTH} & plan.free:
        return [plan.base]
    height, width = _affordable(plan.base, MOST_PIXELS)
    low, narrow = _affordable(plan.base, SMALL_PIXELS if plan.small else MOST_PIXELS)
    smaller = max(width - STRIDE, 2 * STRIDE) if width > 2 * STRIDE else width + 2 * STRIDE
    sizes = [(low, narrow), (low + STRIDE, narrow), (height + 2 * STRIDE, smaller)]
    heights, widths = plan.sizes.get("height", []), plan.sizes.get("width", [])
    for index in range(max(len(heights), len(widths))):
        sizes.append((_cycle(heights, index, height), _cycle(widths, index, width)))
    fixed = [(h if HEIGHT in plan.free else plan.base[0], w if WIDTH in plan.free else plan.base[1]) for h, w in sizes]
    return list(dict.fromkeys(fixed))


def at_base_size(plan: Plan) -> Plan:
    """For a model that turns out to accept one size only."""
    return replace(plan, free=plan.free - {HEIGHT, WIDTH})


def _affordable(size: tuple[int, int], most: int) -> tuple[int, int]:
    """Smaller, in steps of the stride, where a picture has more pixels than `most`: references would take minutes."""
    height, width = size
    scale = min(1.0, sqrt(most / (height * width)))
    return (height, width) if scale == 1 else (_steps(height * scale), _steps(width * scale))


def _steps(pixels: float) -> int:
    return max(STRIDE, ceil(pixels / STRIDE) * STRIDE)


def _cycle(values: list[int], index: int, default: int) -> int:
    return values[index % len(values)] if values else default
