"""Pictures, from the model's own test pipeline to the tensor that the graph gets; and back to pixels."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mmcv
import numpy as np
import torch

from edge_engine.failure import Failure, last_line
from edge_engine.job import Job

from .arrays import Array
from .channels import check_pictures
from .config_faults import explain_build_error
from .export import Source
from .pictures import smooth_picture

# Two numbers that no common network has as its input size, so that resizing is really seen.
DEFAULT_SIZE = (480, 640)


@dataclass(frozen=True)
class Sample:
    """A picture, and what MMDeploy made of it: the data that its export wants, and the tensor [1, channels, h, w]."""

    path: Path
    data: dict[str, Any]
    tensor: torch.Tensor


def check_samples(samples: list[Path], folder: Path, job: Job) -> list[Path]:
    """Every sample must be a picture: a broken one would end the run late, with a message of OpenCV.

    Returns them without those that show what another one shows: the same picture twice is one piece of evidence.
    """
    seen: dict[bytes, str] = {}
    kept: list[Path] = []
    for path in samples:
        name = str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
        try:
            picture = mmcv.imread(str(path))
        except Exception:
            picture = None
        if picture is None:
            hint = "Replace it, or narrow `samples` in conversion.yaml."
            raise Failure("input", "sample-unreadable", f"the sample {name} is not a picture", hint)
        shown = hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).digest()
        if shown in seen:
            job.warn(
                f"the sample {name} shows the same picture as {seen[shown]} and is skipped: add a different picture"
            )
        else:
            seen[shown] = name
            kept.append(path)
    return kept


def drawn_picture(folder: Path, seed: int) -> Path:
    """A made-up picture for models without samples: the pipeline needs one."""
    rng = np.random.default_rng(seed)
    path = folder / "picture.png"
    mmcv.imwrite(smooth_picture(rng, *DEFAULT_SIZE).transpose(1, 2, 0).astype(np.uint8), str(path))
    return path


def model_input(source: Source, picture: Path, config_name: str) -> Sample:
    """MMDeploy's own way from a picture to the input of a model."""
    preprocessor = getattr(source.model, "data_preprocessor", None)
    input_shape = source.deploy.onnx_config.get("input_shape")
    try:
        data, inputs = source.task.create_input(str(picture), input_shape, data_preprocessor=preprocessor)
    except Exception as error:
        failure = explain_build_error(error, source.config)
        if failure is None:
            failure = _pipeline_fails(error, picture.name, config_name)
        raise failure from error
    if isinstance(inputs, (list, tuple)):
        inputs = inputs[0]
    tensor = (inputs if inputs.dim() == 4 else inputs[None]).float()
    check_pictures(tensor, source.config, config_name)
    return Sample(picture, data, tensor)


def _pipeline_fails(error: Exception, picture: str, config_name: str) -> Failure:
    if isinstance(error, KeyError) and error.args == ("inputs",):
        message = f"test_pipeline of {config_name} does not end with a step that packs the picture as the model's input"
        hint = "Its last step must be PackInputs (mmpretrain), PackDetInputs (mmdet) or PackSegInputs (mmseg)."
        return Failure("input", "test-pipeline", message, hint)
    message = f"the test pipeline of {config_name} fails on {picture}: {last_line(error)}"
    hint = "Correct test_pipeline, or the sample; the engine's log has the full traceback."
    return Failure("input", "test-pipeline", message, hint)


def normalisation(model: torch.nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    """(mean, std) [channels, 1, 1] in the tensor's order; [1, 1, 1] for all of them, or (0, 1) without normalising."""
    preprocessor: Any = getattr(model, "data_preprocessor", None)
    mean: Any
    std: Any
    mean, std = getattr(preprocessor, "mean", None), getattr(preprocessor, "std", None)
    if not torch.is_tensor(mean) or not torch.is_tensor(std) or mean.numel() not in (1, 3):
        return torch.zeros(1, 1, 1), torch.ones(1, 1, 1)
    return mean.detach().cpu().float().reshape(-1, 1, 1), std.detach().cpu().float().reshape(-1, 1, 1)


def pixels_of(tensor: torch.Tensor, mean: torch.Tensor, std: torch.Tensor, rgb: bool) -> Array:
    """uint8 [h, w, 3] RGB of one input tensor [3, h, w], or [1, h, w] in grey."""
    pixels = (tensor.cpu().float() * std + mean).round().clamp(0, 255).to(torch.uint8).expand(3, -1, -1)
    array: Array = (pixels if rgb else pixels.flip(0)).permute(1, 2, 0).contiguous().numpy()
    return array
