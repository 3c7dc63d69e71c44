"""The numbers that MMDeploy builds into the suppression of a detector: the model's own win over the deploy config's."""

from collections.abc import Mapping
from typing import Any

Settings = Mapping[str, Any]


def most_boxes(test_cfg: Settings | None, deployed: Settings) -> int:
    """Boxes of a picture that the graph gives at most."""
    return _last(test_cfg).get("max_per_img", deployed["keep_top_k"])


def baked_numbers(test_cfg: Settings | None, deployed: Settings, head: str | None) -> dict[str, Any]:
    """`head`: class of the model's bbox_head, None where the graph suppresses nothing."""
    tested = _last(test_cfg)
    nms = tested.get("nms") or {}
    # MMDeploy suppresses YOLOv3's boxes whatever their score.
    score = 0.0 if head == "YOLOV3Head" else tested.get("score_thr", deployed["score_threshold"])
    return {
        "nms_iou": nms.get("iou_threshold", deployed["iou_threshold"]) if head else None,
        "score_thr": score if head else None,
        "pre_topk": deployed["pre_top_k"],
        "max_per_class": deployed["max_output_boxes_per_class"] if head else None,
        "class_agnostic": bool(nms.get("class_agnostic", False)),
    }


def _last(test_cfg: Settings | None) -> Settings:
    """Of two stages the second decides what a device sees."""
    tested = test_cfg or {}
    return tested.get("rcnn") or tested
