"""A case of the size that the model's own pipeline makes, where no sample gives one.

What happens only above the size of small inputs (windows, limits of a top-k, a table of positions) is seen here.
"""

import numpy as np
import torch

from .cases import Case, Plan
from .codebase import Task
from .detector_cases import ROUNDS, draw, is_clear
from .recorder import Recorder
from .samples import Sample

#: The engine's own picture, through the model's own pipeline.
DRAWN = "drawn-0"


def add_real_size(recorder: Recorder, drawn: torch.Tensor, plan: Plan, task: Task) -> None:
    """drawn: what the pipeline made of the engine's picture, [1, 3, h, w].

    A detector that does not know for certain what is on it gets other pictures of that size; the drawn one then only
    shows how an input is made of a picture.
    """
    if task != "detection":
        recorder.add([Case(DRAWN, "random", drawn)])
        return
    parts = recorder.evaluate(drawn)
    if is_clear(recorder, parts, 0):
        recorder.keep(Case(DRAWN, "random", drawn), parts)
        return
    recorder.add([Case(DRAWN, "extreme", drawn)], fp64=False)
    rng = np.random.default_rng(plan.seed + 2)
    size = (int(drawn.shape[2]), int(drawn.shape[3]))
    for attempt in range(ROUNDS):
        tensor = draw(rng, plan, [drawn], size, attempt, 0)[None]
        parts = recorder.evaluate(tensor)
        if is_clear(recorder, parts, 0):
            recorder.keep(Case("real-size", "random", tensor), parts)
            return
    print(
        f"this detector's results for pictures of {size[1]}x{size[0]} are too ambiguous: "
        "the references do not include the model's real input size"
    )


def add_other_picture(recorder: Recorder, sample: Sample) -> None:
    """sample: of another size and aspect ratio than the input, where all samples have these.

    It only shows how an input is made of a picture.
    """
    recorder.add([Case(DRAWN, "extreme", sample.tensor)], fp64=False)
