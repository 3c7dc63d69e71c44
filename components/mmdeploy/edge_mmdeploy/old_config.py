"""Configurations of the years before mmengine: mmcls 0.x, mmdet 2.x and mmseg 0.x."""

from typing import Any

from edge_engine.failure import Failure

#: Steps of a pipeline that mmengine's codebases do not have any more.
OLD_STEPS = ("Collect", "DefaultFormatBundle", "ImageToTensor", "MultiScaleFlipAug", "MultiScaleFlipAug3D")
HINT = (
    "Rewrite it for version 3 of its codebase (mmpretrain 1): test_dataloader for data.test, PackDetInputs "
    "(PackSegInputs, PackInputs) for Collect, data_preprocessor for Normalize, no MultiScaleFlipAug. "
    "The checkpoint can stay as it is."
)


def check_age(config: Any, name: str) -> None:
    """Raises Failure for a configuration that no version of mmengine can run."""
    signs = []
    if isinstance(config.get("data"), dict) and not config.get("test_dataloader"):
        signs.append("`data = dict(...)`")
    signs += [kind for kind in _steps(config.get("test_pipeline")) if kind in OLD_STEPS]
    if signs:
        message = f"{name} is written for a version before mmengine (mmcls 0.x, mmdet 2.x, mmseg 0.x): it has "
        raise Failure("input", "config-old", message + ", ".join(dict.fromkeys(signs)), HINT)


def _steps(pipeline: Any) -> list[str]:
    """Names of the steps, nested ones too."""
    if not isinstance(pipeline, (list, tuple)):
        return []
    found = []
    for step in pipeline:
        if isinstance(step, dict):
            found += [str(step.get("type")).rpartition(".")[2], *_steps(step.get("transforms"))]
    return found
