"""Computes the references of one model, case by case, and keeps what the budget has room for."""

from collections.abc import Iterable

import numpy as np
import torch
from edge_engine.failure import last_line
from edge_engine.job import Job
from edge_engine.references import References

from .cases import BATCH, HEIGHT, WIDTH, Case, Plan, at_base_size, extreme_cases, random_cases, sample_cases
from .codebase import Task
from .evaluate import Arrays, Evaluator


def record_references(
    evaluator: Evaluator, samples: list[torch.Tensor], plan: Plan, task: Task, input_name: str, fp64: bool, job: Job
) -> References:
    """All cases: float32 for all, float64 for all but the extreme ones."""
    recorder = _Recorder(evaluator, input_name, fp64, job)
    real = sample_cases(samples)
    recorder.add(real)
    if not recorder.add(random_cases(plan, len(real))) and {HEIGHT, WIDTH} & plan.free:
        recorder.add(_renamed(random_cases(at_base_size(plan), len(real)), recorder.references))
    if task == "detection":
        _with_and_without_detection(recorder, plan, job)
    recorder.add(extreme_cases(plan), fp64=False)
    _say_what_lacks(recorder, plan, job)
    return recorder.references


class _Recorder:
    def __init__(self, evaluator: Evaluator, input_name: str, fp64: bool, job: Job) -> None:
        self.references = References()
        self.dropped = 0
        self.evaluator = evaluator
        self.input = input_name
        self._fp64 = fp64
        self._job = job

    def add(self, cases: Iterable[Case], fp64: bool = True) -> bool:
        """False where the source model itself refused one of the inputs."""
        accepted = True
        done: list[tuple[Case, dict[str, Arrays], torch.Tensor | None]] = []
        for case in cases:
            try:
                outputs, logits = self.evaluator.single(case.tensor)
            except (RuntimeError, ValueError, IndexError, AssertionError) as error:
                accepted = False
                size = "x".join(str(axis) for axis in case.tensor.shape)
                self._job.warn(f"the source model itself fails on an input of {size}: {last_line(error)[:300]}")
                continue
            done.append((case, {"in": {self.input: case.tensor.numpy()}, "fp32": outputs}, logits))
        if fp64 and self._fp64 and done:
            with self.evaluator.in_double():
                for case, parts, logits in done:
                    parts["fp64"], aux = self.evaluator.double(case.tensor, logits)
                    if aux:
                        parts["aux"] = aux
        for case, parts, _ in done:
            self.dropped += not self.references.add(case.name, case.kind, parts)
        return accepted


def _with_and_without_detection(recorder: _Recorder, plan: Plan, job: Job) -> None:
    """Both branches of the suppression must be reached: a plain picture usually has nothing on it."""
    name = recorder.evaluator.output_names[0]

    def detections() -> list[int]:
        return [int((row[:, -1] > 0).sum()) for rows in recorder.references.arrays("fp32", name) for row in rows]

    for index, grey in enumerate((114.0, 0.0, 255.0)):
        if 0 in detections():
            break
        height, width = plan.base if not {HEIGHT, WIDTH} & plan.free else (64, 96)
        pixels = (torch.full((3, 1, 1), grey) - plan.mean) / plan.std
        flat = pixels.expand(3, height, width)[None].contiguous()
        recorder.add([Case(f"flat-{index}", "random", flat)])
    counts = detections()
    if not any(counts):
        job.warn("no case has a detection: non-maximum suppression is untested; add real pictures as samples")
    if 0 not in counts:
        job.warn("every case has a detection: the empty result is untested")


def _renamed(cases: Iterable[Case], references: References) -> Iterable[Case]:
    for case in cases:
        name = case.name if case.name not in references.kinds else f"{case.name}-base"
        yield Case(name, case.kind, case.tensor)


def _say_what_lacks(recorder: _Recorder, plan: Plan, job: Job) -> None:
    if recorder.dropped:
        megabytes = recorder.references.bytes >> 20
        job.warn(f"{recorder.dropped} reference cases were left out: {megabytes} MB are enough")
    if recorder.evaluator.gaps:
        job.environment["fp64_gaps"] = sorted(recorder.evaluator.gaps)
    if BATCH not in plan.free:
        return
    rows = [array.shape[0] for array in recorder.references.arrays("in", recorder.input)]
    if np.unique(rows).size < 2:
        job.warn("all references have one batch size, though the batch is free")
