"""How many channels a model's pictures have: three, or one in grey. What is shown, drawn and replayed hangs on it."""

from typing import Any

import torch

from edge_engine.failure import Failure
from edge_engine.words import counted

from .codebase import Codebase

KNOWN = (1, 3)


def channels_of(config: Any) -> int | None:
    """As the backbone says; None where it does not: most take three then."""
    backbone = config.model.get("backbone")
    said = backbone.get("in_channels") if isinstance(backbone, dict) else None
    return said if isinstance(said, int) else None


def check_channels(config: Any, codebase: Codebase, name: str) -> None:
    """Raises Failure where the configuration alone says that no picture can be made for the model."""
    channels = channels_of(config)
    if channels is not None and channels not in KNOWN:
        message = (
            f"{name} is a model for pictures with {counted(channels, 'channel')}: this engine converts models for 3 "
            "channels or 1"
        )
        hint = (
            "Export it with a script of your own that also writes the references: MMDeploy's pipelines read 3 "
            "channels or 1."
        )
        raise Failure("input", "channels-unsupported", message, hint)
    if channels == 1 and codebase.task == "segmentation":
        message = f"{name} is a segmentor for pictures with 1 channel: MMDeploy reads pictures for segmentors with 3"
        hint = "Train it on 3 channels: `in_channels=3`, and `color_type='color'` in LoadImageFromFile."
        raise Failure("input", "channels-unsupported", message, hint)


def check_pictures(tensor: torch.Tensor, config: Any, name: str) -> None:
    """tensor: [1, channels, h, w] of the test pipeline. Raises Failure where the model wants another number of them."""
    made, wanted = int(tensor.shape[1]), channels_of(config)
    if made not in KNOWN or (wanted is not None and wanted != made):
        wants = f"but the model takes {wanted}" if wanted is not None else "but this engine converts 3 or 1"
        kind = "grayscale" if wanted == 1 else "color"
        hint = (
            f"Set `color_type='{kind}'` in LoadImageFromFile of test_pipeline, and give mean and std as many numbers."
        )
        raise Failure("input", "channels", f"test_pipeline of {name} makes {counted(made, 'channel')}, {wants}", hint)
