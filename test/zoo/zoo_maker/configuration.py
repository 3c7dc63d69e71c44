"""A configuration out of the codebase's own wheel, made small where time asks for it, without pretrained weights."""

import importlib
from pathlib import Path
from typing import Any

from mmengine.config import Config

#: Longest side of a picture after the test pipeline: float64 references of full-size pictures take minutes on a CPU.
SIDES = {"mmdet": (256, 256), "mmseg": (256, 192)}


def read_configuration(codebase: str, path: str, row: dict[str, Any]) -> Config:
    """path: below the wheel's `.mim/configs`. row: `picture` (width, height) and `set` (dotted key to value)."""
    wheel = Path(importlib.import_module(codebase).__file__ or "").parent
    config = Config.fromfile(str(wheel / ".mim" / "configs" / path))
    without_downloads(config.model)
    side = row.get("picture", SIDES.get(codebase))
    if side is not None:
        resize_pipeline(config, tuple(side))
    for key, value in row.get("set", {}).items():
        config.merge_from_dict({key: value})
    return config


def without_downloads(value: Any) -> None:
    """Takes out every `init_cfg` and `pretrained`, in place."""
    if isinstance(value, dict):
        for key in ("init_cfg", "pretrained"):
            value.pop(key, None)
        for item in value.values():
            without_downloads(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            without_downloads(item)


def resize_pipeline(config: Config, side: tuple[int, ...]) -> None:
    """Sets the size that the test pipeline makes of a picture: in `test_pipeline`, which MMDeploy reads, and in the
    data loader's, which the codebase's own predictions use."""
    pipelines = [config.test_dataloader.dataset.pipeline, config.get("test_pipeline") or []]
    for transform in (each for pipeline in pipelines for each in pipeline):
        if transform["type"] == "Resize" and "scale" in transform:
            transform["scale"] = side
        if transform["type"] == "Pad" and transform.get("size") is not None:
            transform["size"] = side
