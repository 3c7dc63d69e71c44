"""The picture that an input was made of: a device's program can then be tried on the pair."""

from collections.abc import Sequence
from typing import Any

import mmcv
import numpy as np
import torch
from mmengine.config import Config

from edge_engine.references import References

from .arrays import Array
from .codebase import Task
from .samples import Sample

NAME = "picture"
MOST_PIXELS = 4_000_000


def add_golden_picture(references: References, samples: dict[str, Sample], task: Task, config: Config) -> None:
    """The smallest picture of those that show most of the steps, as OpenCV decodes it.

    uint8 [h, w, 3], blue first; [h, w, 1] in grey.
    """
    pictures = {case: _decoded(sample, task, config) for case, sample in samples.items() if case in references.kinds}
    usable = {case: picture for case, picture in pictures.items() if picture is not None}
    if usable:
        case, picture = min(
            usable.items(), key=lambda item: (hides(item[1], samples[item[0]].tensor), item[1].size, item[0])
        )
        references.attach(case, {NAME: picture})


def all_hide(samples: Sequence[Sample], task: Task, config: Config) -> bool:
    """Whether a wrong step of resizing would change no sample: each has the input's size, or its aspect ratio."""
    pictures = [(_decoded(sample, task, config), sample) for sample in samples]
    return all(picture is None or hides(picture, sample.tensor) > 0 for picture, sample in pictures)


def hides(picture: Array, tensor: torch.Tensor) -> int:
    """Of what leads from picture [h, w, c] to tensor [1, c, h, w]: 2 where resizing is hidden, 1 where only keeping the
    aspect ratio is.
    """
    (height, width), (high, wide) = picture.shape[:2], tensor.shape[2:]
    if (height, width) == (high, wide):
        return 2
    return int(height * wide == width * high)


def _decoded(sample: Sample, task: Task, config: Config) -> Array | None:
    """As the model's pipeline reads it; MMDeploy reads a segmentor's picture itself."""
    first: dict[str, Any] = dict(config.test_pipeline[0])
    if task == "segmentation" or not str(first["type"]).endswith("LoadImageFromFile"):
        picture = mmcv.imread(str(sample.path))
    else:
        flag, backend = first.get("color_type", "color"), first.get("imdecode_backend", "cv2")
        picture = mmcv.imread(str(sample.path), flag=flag, backend=backend)
    if picture is not None and picture.ndim == 2:
        picture = picture[..., None]
    small = picture is not None and picture.ndim == 3 and picture.shape[0] * picture.shape[1] <= MOST_PIXELS
    return picture if small and picture.dtype == np.uint8 and picture.shape[2] in (1, 3) else None
