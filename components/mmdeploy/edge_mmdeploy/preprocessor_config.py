"""Where a configuration says how pictures are normalised: inside `model` or beside it; MMDeploy reads one of them."""

from typing import Any

from edge_engine.failure import Failure

from .codebase import Codebase

TYPES = {"detection": "DetDataPreprocessor", "segmentation": "SegDataPreProcessor"}


def settle_preprocessor(config: Any, codebase: Codebase, name: str) -> None:
    """Writes `data_preprocessor` to the place where MMDeploy reads it; mmengine's Runner accepts both.

    Raises Failure for a detector or segmentor without one: its graph would be made for other pixels than it learnt.
    """
    inside, beside = config.model.get("data_preprocessor"), config.get("data_preprocessor")
    if codebase.task == "classification":
        # Without one, mmpretrain's does not normalise: its pipeline may.
        if beside is None and inside is not None:
            config.data_preprocessor = inside
        return
    if inside is None and beside is not None:
        config.model.data_preprocessor = inside = beside
    if inside is None:
        kind = TYPES[codebase.task]
        hint = (
            f"Add `data_preprocessor=dict(type='{kind}', mean=[...], std=[...], bgr_to_rgb=...)` to the model, with "
            "the numbers of its step Normalize, and remove that step from the pipeline."
        )
        message = f"{name} has no data_preprocessor, so the normalisation of pictures is unknown"
        raise Failure("input", "config-without-data-preprocessor", message, hint)
