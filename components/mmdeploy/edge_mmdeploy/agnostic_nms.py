"""`nms.class_agnostic` of a test_cfg, which MMDeploy's rewriting does not know: it suppresses class by class."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from .pre_nms import MODULE


@contextmanager
def class_agnostic_nms(wanted: bool) -> Iterator[None]:
    """While in force, MMDeploy's suppression looks across classes as mmcv's `batched_nms` does with that setting.

    Only inside MMDeploy's rewriting. Suppressions of one class, as of proposals, stay as they are.
    """
    module: Any = sys.modules.get(MODULE)
    if not wanted or module is None:
        yield
        return
    by_class = module._multiclass_nms

    def suppress(boxes: torch.Tensor, scores: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        across = scores.shape[-1] > 1
        return (_suppress if across else by_class)(boxes, scores, *args, **kwargs)

    module._multiclass_nms = suppress
    try:
        yield
    finally:
        module._multiclass_nms = by_class


def _suppress(
    boxes: torch.Tensor,
    scores: torch.Tensor,
    max_output_boxes_per_class: int = 1000,
    iou_threshold: float = 0.5,
    score_threshold: float = 0.05,
    pre_top_k: int = -1,
    keep_top_k: int = -1,
    output_index: bool = False,
) -> Any:
    """`_multiclass_nms` of MMDeploy with one suppression for all classes: by the best score of each box.

    boxes: [batch, n, 4], scores: [batch, n, classes]; the other arguments are MMDeploy's.
    """
    from mmdeploy.mmcv.ops import nms

    batch, picked = scores.shape[0], None
    best, labels = scores.max(-1)
    if pre_top_k > 0:
        _, picked = best.topk(pre_top_k)
        rows = torch.arange(batch, device=scores.device).view(-1, 1).long()
        boxes, scores, best, labels = (each[rows, picked] for each in (boxes, scores, best, labels))

    iou = torch.tensor([iou_threshold], dtype=torch.float32)
    least = torch.tensor([score_threshold], dtype=torch.float32)
    found = nms.ONNXNMSop.apply(boxes, best.unsqueeze(1), max_output_boxes_per_class, iou, least)
    # [batch, class, box]: the one class becomes that of the box.
    found = torch.stack([found[:, 0], labels[found[:, 0], found[:, 2]], found[:, 2]], dim=1)

    return nms._select_nms_index(
        scores.permute(0, 2, 1),
        boxes,
        found,
        batch,
        keep_top_k=keep_top_k,
        pre_inds=picked,
        output_index=output_index,
    )
