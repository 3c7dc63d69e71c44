"""Random inputs for a detector: such that the source model's own answer is clear.

Where scores are saturated or tied, even float32 and float64 of the source keep other boxes: such an input proves
nothing about the conversion. Inputs are chosen by the source model alone, never by the exported one.
"""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812: torch's own name for it

from edge_engine.job import Job

from .arrays import Array, Arrays
from .cases import BATCH, DENSE_BATCHES, Case, Plan, layout, normalised
from .pictures import noise_picture, smooth_picture
from .recorder import Parts, Recorder
from .same_detections import same_detections

ROUNDS = 3
SEVERAL = 2
FLAT_SIZE = (64, 96)
GREY = (114.0, 0.0, 255.0)


def add_detector_cases(recorder: Recorder, plan: Plan, bases: list[torch.Tensor], real: int, job: Job) -> None:
    """bases: tensors of pictures that the model is made for, or at least of a drawn one."""
    rng = np.random.default_rng(plan.seed)
    unclear = 0
    has_batch = BATCH not in plan.free
    for index, (planned, size) in enumerate(layout(plan, real, DENSE_BATCHES)):
        # Several rows say something of a batch where there is a box in one of them: until then, each case has several.
        batch = planned if has_batch else max(planned, SEVERAL)
        rows: list[torch.Tensor] = []
        parts: Parts = {}
        for attempt in range(ROUNDS):
            rows += [draw(rng, plan, bases, size, attempt, row) for row in range(batch - len(rows))]
            parts = recorder.evaluate(torch.stack(rows))
            clear = [tensor for row, tensor in enumerate(rows) if is_clear(recorder, parts, row)]
            unclear += len(rows) - len(clear)
            rows = clear
            if len(rows) == batch:
                break
        if not rows:
            continue
        tensor = torch.stack(rows)
        # Where all rows of the last round are clear, what it gave is the case's.
        if parts["in"][recorder.input].shape[0] != len(rows):
            parts = recorder.evaluate(tensor)
        has_batch = has_batch or (len(rows) > 1 and _has_box(recorder, parts))
        recorder.keep(Case(f"random-{index}", "random", tensor), parts)
    if unclear:
        job.environment["unclear_inputs"] = unclear
        print(
            f"{unclear} random inputs were drawn again because the source model's own float32 and float64 "
            "results differ for them"
        )
    _add_empty(recorder, plan, job)


def draw(
    rng: np.random.Generator, plan: Plan, bases: list[torch.Tensor], size: tuple[int, int], attempt: int, row: int
) -> torch.Tensor:
    """First a picture of full contrast, then one near a real picture, then a pale one."""
    if attempt == 0:
        return normalised((smooth_picture if row % 2 == 0 else noise_picture)(rng, *size, plan.channels), plan)
    if attempt == 1:
        base = F.interpolate(bases[row % len(bases)], size, mode="bilinear", align_corners=False)[0]
        return base + 0.3 * torch.from_numpy(rng.standard_normal(base.shape, dtype=np.float32))
    return normalised(128 + 0.3 * (smooth_picture(rng, *size, plan.channels) - 128), plan)


def is_clear(recorder: Recorder, parts: Parts, row: int) -> bool:
    """Whether the source's own float32 and float64 find the same boxes in a row."""
    names = recorder.evaluator.output_names
    single, *others = (_detections(each, names, row) for each in (parts["fp32"], *recorder.second_opinions(parts)))
    return single is not None and all(other is not None and same_detections(single, other) for other in others)


def _has_box(recorder: Recorder, parts: Parts) -> bool:
    return bool((parts["fp32"][recorder.evaluator.output_names[0]][..., -1] > 0).any())


def _detections(arrays: Arrays, names: list[str], row: int) -> Array | None:
    """[n, 6]: box, score, label; None where a number is not finite."""
    boxes, labels = arrays[names[0]][row].astype(np.float64), arrays[names[1]][row]
    kept = boxes[:, 4] > 0
    found = np.concatenate([boxes[kept], labels[kept, None]], axis=1)
    return found if np.isfinite(found).all() else None


def _add_empty(recorder: Recorder, plan: Plan, job: Job) -> None:
    """Both branches of the suppression must be reached: a plain picture usually has nothing on it."""
    counts = list(_counts(recorder))
    height, width = FLAT_SIZE if {2, 3} <= plan.free else plan.base
    for grey in GREY if 0 not in counts else ():
        pixels = np.full((plan.channels, height, width), grey, np.float32)
        tensor = normalised(pixels, plan)[None]
        parts, logits = recorder.single(tensor)
        if not _has_box(recorder, parts):
            recorder.keep(Case("flat", "random", tensor), recorder.with_double(tensor, parts, logits))
            counts.append(0)
            break
    if not any(counts):
        job.warn("no case has a detection, so non-maximum suppression is untested; add real pictures as samples")
    if 0 not in counts:
        job.warn("every case has a detection, so the empty result is untested")


def _counts(recorder: Recorder) -> Iterator[int]:
    for rows in recorder.references.arrays("fp32", recorder.evaluator.output_names[0]):
        yield from (int((row[:, -1] > 0).sum()) for row in rows)
