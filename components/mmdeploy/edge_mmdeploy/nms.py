"""mmcv's nms as a plain function, for tracing on torch 1.13 and for float64."""

from typing import Any

import torch


def replace_nms() -> None:
    """MMDeploy's ONNX wrapper calls mmcv.ops.nms while it traces.

    torch 1.13's tracer dies on an autograd.Function inside another one ("unordered_map::at"; mmdeploy issues 1448 and
    1769), and mmcv's CPU kernel knows float32 only: select in float32, gather in the given dtype.
    """
    import mmcv.ops
    from mmcv.ops.nms import NMSop

    def nms(
        boxes: torch.Tensor,
        scores: torch.Tensor,
        iou_threshold: float,
        offset: int = 0,
        score_threshold: float = 0,
        max_num: int = -1,
    ) -> tuple[torch.Tensor, Any]:
        kept = NMSop.forward(
            None, boxes.float(), scores.float(), float(iou_threshold), offset, float(score_threshold), int(max_num)
        )
        return torch.cat((boxes[kept], scores[kept].reshape(-1, 1)), dim=1), kept

    mmcv.ops.nms = nms
