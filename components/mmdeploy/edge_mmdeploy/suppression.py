"""The numbers that MMDeploy builds into the suppression of a detector: the model's own win over the deploy config's."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from edge_engine.failure import Failure

Settings = Mapping[str, Any]
#: What `multiclass_nms` of MMDeploy has a graph for.
KNOWN = ("nms", "nms_rotated", "nms_match")


def check_suppression(test_cfg: Settings | None, file: str) -> None:
    """Raises a Failure for a suppression that MMDeploy would replace in silence by plain NMS."""
    tested = test_cfg or {}
    for place, settings in (("", tested), ("rpn.", tested.get("rpn")), ("rcnn.", tested.get("rcnn"))):
        nms = (settings or {}).get("nms") or {}
        kind = nms.get("type", "nms")
        kind = getattr(kind, "__name__", kind)
        if kind in KNOWN:
            continue
        message = (
            f"{file} suppresses boxes with {kind} (test_cfg.{place}nms.type), which MMDeploy's graphs do " "not support"
        )
        hint = (
            "MMDeploy would export plain NMS instead: set "
            f"`test_cfg.{place}nms = dict(type='nms', iou_threshold=...)`, and evaluate the model with it."
        )
        raise Failure("input", "nms-unsupported", message, hint)


def is_class_agnostic(test_cfg: Settings | None) -> bool:
    """Whether the model's own suppression looks across classes."""
    return bool((_last(test_cfg).get("nms") or {}).get("class_agnostic", False))


def follow_source(test_cfg: Settings | None, deployed: MutableMapping[str, Any]) -> None:
    """Raises the deployment's limit of a class to what the source gives of a picture: a crowd may be of one class."""
    if "max_output_boxes_per_class" in deployed:
        most = max(deployed["max_output_boxes_per_class"], most_boxes(test_cfg, deployed))
        deployed["max_output_boxes_per_class"] = most


def smallest_side(test_cfg: Settings | None) -> float:
    """Boxes of which a side is not longer are dropped by the source; MMDeploy's graph keeps them."""
    return float(_last(test_cfg).get("min_bbox_size", 0))


def most_boxes(test_cfg: Settings | None, deployed: Settings) -> int:
    """Boxes of a picture that the graph gives at most."""
    return int(_last(test_cfg).get("max_per_img", deployed["keep_top_k"]))


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
    }


def _last(test_cfg: Settings | None) -> Settings:
    """Of two stages the second decides what a device sees."""
    tested = test_cfg or {}
    return tested.get("rcnn") or tested
