"""Evaluates cases and keeps them as references, within the budget."""

from collections.abc import Iterable

import torch

from edge_engine.failure import last_line
from edge_engine.job import Job
from edge_engine.references import References

from .cases import Case
from .evaluate import Arrays, Evaluator

Parts = dict[str, Arrays]


class Recorder:
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
        done: list[tuple[Case, Parts, torch.Tensor | None]] = []
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
            self.keep(case, parts)
        return accepted

    def evaluate(self, tensor: torch.Tensor) -> Parts:
        """Inputs and outputs of one tensor, not kept."""
        outputs, logits = self.evaluator.single(tensor)
        with self.evaluator.in_double():
            double, _ = self.evaluator.double(tensor, logits)
        return {"in": {self.input: tensor.numpy()}, "fp32": outputs, "fp64": double}

    def keep(self, case: Case, parts: Parts) -> None:
        self.dropped += not self.references.add(case.name, case.kind, parts)
