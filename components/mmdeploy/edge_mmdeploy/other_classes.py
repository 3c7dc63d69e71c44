"""One more case for a segmentor whose answer is the same class everywhere."""

from collections.abc import Iterator

import numpy as np
import torch

from .cases import Case, Plan, input_sizes, normalised
from .pictures import noise_picture, smooth_picture
from .recorder import Recorder

#: Contrast and grey level, beside the usual 1 and 128.
LOOKS = ((0.1, 16), (0.1, 240), (0.3, 128), (4.0, 128))


def show_another_class(recorder: Recorder, plan: Plan) -> None:
    """Such a map proves little about the choice of classes: the first picture that shows a second one becomes a case.

    The choice is made by the source model alone; at most 8 small pictures, in float32.
    """
    name = recorder.evaluator.output_names[0]
    seen = _classes(recorder.references.arrays("fp32", name))
    for tensor in _pictures(plan) if len(seen) == 1 else ():
        if _classes([recorder.evaluator.outputs(tensor)[name]]) - seen:
            recorder.add([Case("contrast-0", "random", tensor)])
            return


def _pictures(plan: Plan) -> Iterator[torch.Tensor]:
    rng = np.random.default_rng(plan.seed)
    size = min(input_sizes(plan), key=lambda each: each[0] * each[1])
    for draw in (smooth_picture, noise_picture):
        for contrast, level in LOOKS:
            pixels = (level + contrast * (draw(rng, *size) - 128)).astype(np.float32)
            yield normalised(pixels, plan)[None]


def _classes(maps: list[np.ndarray]) -> set[int]:
    """Of maps of classes; logits have none."""
    return {int(value) for each in maps if each.dtype.kind == "i" for value in np.unique(each)}
