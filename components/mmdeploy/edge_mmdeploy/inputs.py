"""The inputs that pictures become, by the model's own pipeline as MMDeploy runs it."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from edge_engine.job import Job
from edge_engine.words import counted

from .export import Source
from .samples import Sample, model_input
from .windows import Windows, first_window


def inputs_of(source: Source, pictures: list[Path], windows: Windows | None, config_name: str) -> list[Sample]:
    """One for each picture: of the whole, or its first window, which `input_shape` is the size of."""
    if windows is None:
        return [model_input(source, picture, config_name) for picture in pictures]
    deploy = deepcopy(source.deploy)
    deploy.onnx_config.input_shape = None
    whole = replace(source, deploy=deploy)
    return [first_window(model_input(whole, picture, config_name), windows) for picture in pictures]


def same_size(samples: list[Sample], free: set[int], job: Job) -> list[Sample]:
    """A graph of fixed size takes only samples that come out of the test pipeline in that size."""
    shape = samples[0].tensor.shape
    kept = [
        each for each in samples if all(axis in free or each.tensor.shape[axis] == shape[axis] for axis in range(4))
    ]
    if len(kept) < len(samples):
        size = f"{shape[3]}x{shape[2]}"
        skipped = counted(len(samples) - len(kept), "sample is skipped", "samples are skipped")
        job.warn(f"{skipped}: the graph's input is fixed at {size}")
    return kept
