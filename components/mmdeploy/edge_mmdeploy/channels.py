"""How many channels a model's pictures have: three, or one in grey. What is shown, drawn and replayed hangs on it."""

from typing import Any

import torch

from edge_engine.failure import Failure

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
        message = f"{name} is of a model for pictures of {channels} channels: this engine converts those of 3 and of 1"
        hint = "Export it by a script of your own, with its own references: MMDeploy's pipelines read 3 channels or 1."
        raise Failure("input", "channels-unsupported", message, hint)
    if channels == 1 and codebase.task == "segmentation":
        message = f"{name} is of a segmentor for pictures of 1 channel: MMDeploy reads a segmentor's picture in 3"
        hint = "Train it on 3 channels: in_channels=3, and color_type='color' in LoadImageFromFile."
        raise Failure("input", "channels-unsupported", message, hint)


def check_pictures(tensor: torch.Tensor, config: Any, name: str) -> None:
    """tensor: [1, channels, h, w] of the test pipeline. Raises Failure where the model wants another number of them."""
    made, wanted = int(tensor.shape[1]), channels_of(config)
    if made not in KNOWN or (wanted is not None and wanted != made):
        wants = f"the model takes {wanted}" if wanted is not None else "this engine converts 3 and 1"
        kind = "grayscale" if wanted == 1 else "color"
        hint = f"Set color_type='{kind}' in LoadImageFromFile of test_pipeline, and as many numbers in mean and std."
        raise Failure("input", "channels", f"test_pipeline of {name} makes {made} channels, {wants}", hint)
