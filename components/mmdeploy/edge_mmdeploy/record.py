"""Computes the references of one model: which cases, and what they lack."""

from collections.abc import Iterable

import numpy as np
import torch

from edge_engine.job import Job
from edge_engine.references import References

from .cases import (
    BATCH,
    BATCHES,
    DENSE_BATCHES,
    HEIGHT,
    WIDTH,
    Case,
    Plan,
    at_base_size,
    extreme_cases,
    random_cases,
    sample_cases,
)
from .codebase import Task
from .detector_cases import add_detector_cases
from .recorder import Recorder


def record_references(
    recorder: Recorder, samples: list[torch.Tensor], first: torch.Tensor, plan: Plan, task: Task, job: Job
) -> References:
    """All cases: float32 for all, float64 for all but the extreme ones. first: the tensor of the first picture."""
    real = sample_cases(samples)
    recorder.add(real)
    if task == "detection":
        add_detector_cases(recorder, plan, samples or [first], len(real), job)
    else:
        rows = DENSE_BATCHES if task == "segmentation" else BATCHES
        if not recorder.add(random_cases(plan, len(real), rows)) and {HEIGHT, WIDTH} & plan.free:
            recorder.add(_renamed(random_cases(at_base_size(plan), len(real), rows), recorder.references))
    recorder.add(extreme_cases(plan, task), fp64=False)
    _say_what_lacks(recorder, plan, job)
    return recorder.references


def _renamed(cases: Iterable[Case], references: References) -> Iterable[Case]:
    for case in cases:
        name = case.name if case.name not in references.kinds else f"{case.name}-base"
        yield Case(name, case.kind, case.tensor)


def _say_what_lacks(recorder: Recorder, plan: Plan, job: Job) -> None:
    if recorder.dropped:
        megabytes = recorder.references.bytes >> 20
        job.warn(f"{recorder.dropped} reference cases were skipped: the others already take {megabytes} MB")
    rows = [array.shape[0] for array in recorder.references.arrays("in", recorder.input)]
    if BATCH in plan.free and np.unique(rows).size < 2:
        job.warn("all references have the same batch size although the batch axis is open")
