"""What a head's own prediction does right before its suppression, and MMDeploy's rewriting of it leaves out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import torch

from .pre_nms import MODULE

HEADS = "mmdeploy.codebase.mmdet.models.dense_heads."
#: Modules of MMDeploy whose heads give a box its best class alone, those whose heads cut boxes at the picture, and
#: those whose heads drop boxes of no area (`min_bbox_size`), which else would take room among the best.
BEST_CLASS = ("yolox_head",)
CUT = ("rtmdet_head", "rtmdet_ins_head")
DROP = ("base_dense_head", "fovea_head", "gfl_head", "reppoints_head", "yolo_head", *CUT)
#: What reaches a suppression: boxes [batch, n, 4] and scores [batch, n, classes].
Change = Callable[[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]


@contextmanager
def following_heads(model: torch.nn.Module) -> Iterator[None]:
    """While in force, boxes and scores reach MMDeploy's suppression as they reach that of mmdet.

    Only inside MMDeploy's rewriting.
    """
    head: Any = getattr(model, "bbox_head", None)
    owner: Any = next((each for each in type(head).__mro__ if "predict_by_feat" in vars(each)), None)
    rewriting = getattr(owner, "predict_by_feat", None)
    name = getattr(rewriting, "__module__", "").removeprefix(HEADS)
    with ExitStack() as stack:
        if name in DROP and (head.test_cfg or {}).get("min_bbox_size", -1) >= 0:
            stack.enter_context(_in_suppression(without_empty))
        if name in BEST_CLASS:
            stack.enter_context(_in_suppression(lambda boxes, scores: (boxes, best_class_alone(scores))))
        if name in CUT and head.bbox_coder.clip_border:
            sizes = stack.enter_context(_picture_sizes(owner))
            stack.enter_context(_before_suppression(rewriting, lambda boxes, scores: (cut(boxes, sizes[-1]), scores)))
        yield


def best_class_alone(scores: torch.Tensor) -> torch.Tensor:
    """scores: [..., classes]. 0 for all classes of a box but the first of the best."""
    best = scores.argmax(-1, keepdim=True)
    classes = torch.arange(scores.shape[-1], device=scores.device)
    return torch.where(classes == best, scores, torch.zeros_like(scores))


def cut(boxes: torch.Tensor, size: Any) -> torch.Tensor:
    """boxes: [..., x1 y1 x2 y2]. size: height and width of the picture, of a trace or as numbers."""
    height, width = (torch.as_tensor(length).to(boxes) for length in (size[0], size[1]))
    largest = torch.stack([width, height, width, height])
    return torch.min(boxes.clamp(min=0), largest)


def without_empty(boxes: torch.Tensor, scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """boxes: [..., x1 y1 x2 y2], scores: [..., classes]. A box without area has the score 0.

    A larger `min_bbox_size` is of pixels of the picture before it was resized: the device drops by it.
    """
    width, height = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    kept = (width > 0) & (height > 0)
    return boxes, torch.where(kept.unsqueeze(-1), scores, torch.zeros_like(scores))


def _in_suppression(change: Change) -> AbstractContextManager[None]:
    """Behind what `pre_nms` records: a choice that rounding may turn over is made of numbers that it may not."""
    return _changed([vars(sys.modules[MODULE])], "_multiclass_nms", change)


def _before_suppression(rewriting: Any, change: Change) -> AbstractContextManager[None]:
    """rewriting: of a prediction, by MMDeploy, which gives each one a copy of its module's names."""
    return _changed([vars(sys.modules[rewriting.__module__]), rewriting.__globals__], "multiclass_nms", change)


@contextmanager
def _changed(places: list[dict[str, Any]], name: str, change: Change) -> Iterator[None]:
    """The suppression of that name gets what `change` makes of its boxes and scores."""
    suppress = places[0][name]

    def changed(boxes: torch.Tensor, scores: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return suppress(*change(boxes, scores), *args, **kwargs)

    for names in places:
        names[name] = changed
    try:
        yield
    finally:
        for names in places:
            names[name] = suppress


@contextmanager
def _picture_sizes(owner: Any) -> Iterator[list[Any]]:
    """The size of the picture that a head of this class predicts for, as its last call was told."""
    predict = owner.predict_by_feat
    sizes: list[Any] = []

    def told(self: Any, *args: Any, **kwargs: Any) -> Any:
        sizes[:] = [kwargs["batch_img_metas"][0]["img_shape"]]
        return predict(self, *args, **kwargs)

    owner.predict_by_feat = told
    try:
        yield sizes
    finally:
        owner.predict_by_feat = predict
