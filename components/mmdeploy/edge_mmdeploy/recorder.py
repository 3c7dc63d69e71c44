"""Evaluates cases and keeps them as references, within the budget."""

from collections.abc import Iterable

import torch

from edge_engine.failure import Failure, last_line
from edge_engine.job import Job
from edge_engine.layer_samples import LayerReferences
from edge_engine.references import References

from .arrays import Arrays
from .cases import Case
from .evaluate import Evaluator
from .intermediate_references import IntermediateReferences
from .rewritten_heads import RewrittenHeads
from .variants import WAYS, variants

#: As a model says that it does not take an input.
REFUSED = (RuntimeError, ValueError, IndexError, AssertionError)
Parts = dict[str, Arrays]
#: What reached the suppression, samples of what layers got, and what heads gave: kept apart, since not all may fit.
SINGLE, DOUBLE = "intermediate.fp32", "intermediate.fp64"
LAYERS_SINGLE, LAYERS_DOUBLE = "layer.fp32", "layer.fp64"
HEADS_SINGLE, HEADS_DOUBLE = "heads.fp32", "heads.fp64"


class Recorder:
    def __init__(self, evaluator: Evaluator, input_name: str, fp64: bool, job: Job) -> None:
        self.references = References()
        self.dropped = 0
        self.evaluator = evaluator
        self.intermediate = IntermediateReferences()
        self.layers = LayerReferences()
        self.heads = RewrittenHeads()
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
            except REFUSED as error:
                accepted = False
                size = "x".join(str(axis) for axis in case.tensor.shape)
                self._job.warn(f"the source model itself fails on an input of {size}: {last_line(error)[:300]}")
                continue
            done.append((case, self._single_parts(case.tensor, outputs), logits))
        if fp64 and self._fp64 and done:
            with self.evaluator.in_double():
                for case, parts, logits in done:
                    parts["fp64"], aux = self.evaluator.double(case.tensor, logits)
                    parts |= self._double_parts()
                    if aux:
                        parts["aux"] = aux
        elif fp64:
            for case, parts, _ in done:
                self._vary(case.tensor, parts)
        for case, parts, _ in done:
            self.keep(case, parts)
        return accepted

    def evaluate(self, tensor: torch.Tensor) -> Parts:
        """Inputs and outputs of one tensor, not kept. Raises Failure where the source model refuses it."""
        return self.with_double(tensor, *self.single(tensor))

    def single(self, tensor: torch.Tensor) -> tuple[Parts, torch.Tensor | None]:
        """Of float32 alone, and a sample of the logits. Raises Failure where the source model refuses the tensor."""
        try:
            outputs, logits = self.evaluator.single(tensor)
        except REFUSED as error:
            raise self._refusal(tensor, error) from error
        return self._single_parts(tensor, outputs), logits

    def with_double(self, tensor: torch.Tensor, parts: Parts, logits: torch.Tensor | None) -> Parts:
        """What `single` gave of the tensor, with float64, or with float32 computed in other ways."""
        if not self._fp64:
            return self._vary(tensor, parts)
        with self.evaluator.in_double():
            parts["fp64"], _ = self.evaluator.double(tensor, logits)
        return {**parts, **self._double_parts()}

    def _single_parts(self, tensor: torch.Tensor, outputs: Arrays) -> Parts:
        evaluator = self.evaluator
        inside = {SINGLE: evaluator.intermediate, LAYERS_SINGLE: evaluator.layers, HEADS_SINGLE: evaluator.heads}
        return {"in": {self.input: tensor.numpy()}, "fp32": outputs, **inside}

    def _double_parts(self) -> Parts:
        evaluator = self.evaluator
        return {DOUBLE: evaluator.intermediate, LAYERS_DOUBLE: evaluator.layers, HEADS_DOUBLE: evaluator.heads}

    def _refusal(self, tensor: torch.Tensor, error: Exception) -> Failure:
        """One picture of it alone tells whether the batch is at fault."""
        said = last_line(error)[:300]
        try:
            self.evaluator.single(tensor[:1])
        except REFUSED:
            size = "x".join(str(axis) for axis in tensor.shape)
            message = f"the source model itself fails on an input of {size}: {said}"
            hint = "Set the option `dynamic: false`, which keeps the size of the test pipeline."
            return Failure("input", "model-fails", message, hint)
        message = f"the model's batch size is baked in: it takes one picture and fails with {len(tensor)} ({said})"
        return Failure("input", "batch-baked-in", message, "Set the option `dynamic: false` in conversion.yaml.")

    def second_opinions(self, parts: Parts) -> list[Arrays]:
        """What float32 is compared with: float64, or itself computed in other ways."""
        if "fp64" in parts:
            return [parts["fp64"]]
        names = self.evaluator.output_names
        return [{name: parts["aux"][f"fp32.{way}/{name}"] for name in names} for way in range(1, WAYS + 1)]

    def _vary(self, tensor: torch.Tensor, parts: Parts) -> Parts:
        ways = variants(self.evaluator, tensor)
        parts["aux"] = {f"fp32.{way}/{name}": array for way, each in enumerate(ways, 1) for name, array in each.items()}
        return parts

    def keep(self, case: Case, parts: Parts) -> None:
        single, double = parts.pop(SINGLE, {}), parts.pop(DOUBLE, {})
        layers = parts.pop(LAYERS_SINGLE, {}), parts.pop(LAYERS_DOUBLE, {})
        heads = parts.pop(HEADS_SINGLE, {}), parts.pop(HEADS_DOUBLE, {})
        if not self.references.add(case.name, case.kind, parts):
            self.dropped += 1
            return
        for name in single.keys() & double.keys():
            self.intermediate.add(case.name, name, "rewritten", single[name], double[name])
        self.heads.add(case.name, case.tensor.numel(), *heads)
        if case.kind == "random":
            self.layers.add(case.name, *layers)
