"""What reaches MMDeploy's non-maximum suppression: all boxes and all scores, before any is dropped."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

MODULE = "mmdeploy.mmcv.ops.nms"
BOXES, SCORES = "nms.boxes", "nms.scores"


@contextmanager
def pre_nms() -> Iterator[dict[str, torch.Tensor]]:
    """Only inside MMDeploy's rewriting. Of several suppressions in one run (proposals, then boxes), the last counts."""
    module: Any = sys.modules.get(MODULE)
    captured: dict[str, torch.Tensor] = {}
    if module is None:
        yield captured
        return
    suppress = module._multiclass_nms

    def keep(boxes: torch.Tensor, scores: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if boxes.dim() == 3 and scores.dim() == 3:
            captured.update({BOXES: boxes, SCORES: scores})
        return suppress(boxes, scores, *args, **kwargs)

    module._multiclass_nms = keep
    try:
        yield captured
    finally:
        module._multiclass_nms = suppress
