"""The source model's own predictions as references: for the same tensors, and for the sample pictures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from mmengine.config import Config

from edge_engine.failure import last_line
from edge_engine.references import References

from .arrays import Arrays
from .codebase import Task
from .predict import PictureData, picture_data, predict_picture, predict_tensor
from .samples import Sample
from .unpatched import FAILED, Unpatched

WINDOW = "an input of the graph is one window of the test pipeline's output"
RESIZED = "the options set a different input size from the model's test pipeline"
NO_ROOM = "it would make the references too large"
RESHAPED = "the model's own test pipeline makes inputs of a different size from MMDeploy's"


@dataclass(frozen=True)
class Behaviour:
    """config: as it was read, since MMDeploy changes its copy. names: of the graph's input and outputs."""

    source: Unpatched
    task: Task
    config: Config
    input: str
    outputs: list[str]

    def record(self, references: References, samples: dict[str, Sample], no_pipeline: str | None) -> None:
        """`aux/predict/<output>` of usual cases, `aux/pipeline/<output>` of real ones; else a note why not.

        no_pipeline: why the graph's input is not what the model's own pipeline makes.
        """
        if self.source.reason is not None:
            references.left_out |= {"predict": self.source.reason, "pipeline": self.source.reason}
            return
        usual = [case for case, kind in references.kinds.items() if kind in ("real", "random")]
        _attach(references, "predict", usual, lambda case: self._of_tensor(references, case))
        if no_pipeline is not None and samples:
            references.left_out["pipeline"] = no_pipeline
        else:
            real = [case for case in usual if case in samples]
            _attach(references, "pipeline", real, lambda case: self._of_picture(references, case, samples[case]))

    def _of_tensor(self, references: References, case: str) -> Arrays:
        tensor = torch.from_numpy(references.array(case, "in", self.input))
        floating = references.array(case, "fp32", self.outputs[0]).dtype.kind == "f"
        return predict_tensor(self.source.model, self.task, self.outputs, tensor, floating)

    def _of_picture(self, references: References, case: str, sample: Sample) -> Arrays:
        floating = references.array(case, "fp32", self.outputs[0]).dtype.kind == "f"
        data = picture_data(self.source.model, self.config, sample)
        found = self._known(references, case, data)
        if found is None:
            found = predict_picture(self.source.model, self.task, self.outputs, floating, (data, sample))
        if self.task == "segmentation":
            expected = references.array(case, "fp32", self.outputs[0]).shape
            if found[self.outputs[0]].shape != expected:
                raise ValueError(RESHAPED)
        return found

    def _known(self, references: References, case: str, data: PictureData) -> Arrays | None:
        """The prediction for the case's tensor, where the model's own pipeline makes that very tensor of the picture.

        A detector's boxes also depend on how the picture was resized.
        """
        inputs, names = data["inputs"], self.outputs
        known = self.task != "detection" and all(references.has(case, "aux/predict", name) for name in names)
        same = torch.is_tensor(inputs) and np.array_equal(inputs.numpy(), references.array(case, "in", self.input))
        return {name: references.array(case, "aux/predict", name) for name in names} if known and same else None


def _attach(references: References, part: str, cases: Iterable[str], predict: Callable[[str], Arrays]) -> None:
    """All cases or none: a model whose own predict fails once has no say."""
    found: dict[str, Arrays] = {}
    for case in cases:
        try:
            found[case] = predict(case)
        except FAILED as error:
            print(f"{part}: {case}: {error}", flush=True)
            references.left_out[part] = f"the source model's own predict fails: {last_line(error)[:200]}"
            return
    kept = [case for case, arrays in found.items() if references.attach(case, _named(part, arrays))]
    if found and not kept:
        references.left_out[part] = NO_ROOM
    else:
        references.left_out |= {f"{part}/{case}": NO_ROOM for case in found if case not in kept}


def _named(part: str, arrays: Arrays) -> Arrays:
    return {f"{part}/{name}": array for name, array in arrays.items()}
