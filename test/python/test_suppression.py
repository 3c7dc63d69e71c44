"""What contract.json says of a detector's suppression is what MMDeploy builds into the graph."""

import pytest

from edge_engine.failure import Failure
from edge_mmdeploy.suppression import baked_numbers, check_suppression, follow_source, is_class_agnostic, most_boxes

DEPLOYED = {
    "score_threshold": 0.05,
    "iou_threshold": 0.5,
    "max_output_boxes_per_class": 200,
    "pre_top_k": 5000,
    "keep_top_k": 100,
}
ONE_STAGE = {"score_thr": 0.1, "nms": {"type": "nms", "iou_threshold": 0.6}, "max_per_img": 300}
TWO_STAGES = {
    "rpn": {"nms": {"type": "nms", "iou_threshold": 0.7}, "max_per_img": 1000},
    "rcnn": {"score_thr": 0.2, "nms": {"type": "nms", "iou_threshold": 0.4}, "max_per_img": 50},
}


@pytest.mark.parametrize(
    ("test_cfg", "most", "iou", "score"),
    [(ONE_STAGE, 300, 0.6, 0.1), (TWO_STAGES, 50, 0.4, 0.2), ({}, 100, 0.5, 0.05), (None, 100, 0.5, 0.05)],
)
def test_the_models_own_numbers_win(test_cfg: dict | None, most: int, iou: float, score: float) -> None:
    baked = baked_numbers(test_cfg, DEPLOYED, "RTMDetHead")
    assert most_boxes(test_cfg, DEPLOYED) == most
    assert (baked["nms_iou"], baked["score_thr"]) == (iou, score)
    assert (baked["pre_topk"], baked["max_per_class"]) == (5000, 200)


def test_yolov3_drops_no_box_by_its_score() -> None:
    assert baked_numbers(ONE_STAGE, DEPLOYED, "YOLOV3Head")["score_thr"] == 0.0


def test_a_graph_that_suppresses_nothing_has_no_thresholds() -> None:
    baked = baked_numbers(ONE_STAGE, DEPLOYED, None)
    assert (baked["nms_iou"], baked["score_thr"], baked["max_per_class"]) == (None, None, None)


@pytest.mark.parametrize(
    ("place", "test_cfg"),
    [
        ("test_cfg.nms", {"nms": {"type": "soft_nms", "iou_threshold": 0.3}}),
        ("test_cfg.rpn.nms", {"rpn": {"nms": {"type": "soft_nms"}}, "rcnn": TWO_STAGES["rcnn"]}),
        ("test_cfg.rcnn.nms", {"rpn": TWO_STAGES["rpn"], "rcnn": {"nms": {"type": "soft_nms"}}}),
    ],
)
def test_a_suppression_that_no_graph_does_is_refused_by_its_name(place: str, test_cfg: dict) -> None:
    with pytest.raises(Failure, match=f"config.py suppresses boxes with soft_nms .{place}.type") as caught:
        check_suppression(test_cfg, "config.py")
    assert (caught.value.kind, caught.value.code) == ("input", "nms-unsupported")
    assert f"set `{place} = dict(type='nms'" in caught.value.hint


@pytest.mark.parametrize("test_cfg", [ONE_STAGE, TWO_STAGES, {}, None, {"nms": None}, {"nms": {"iou_threshold": 0.5}}])
def test_plain_suppression_or_none_is_fine(test_cfg: dict | None) -> None:
    check_suppression(test_cfg, "config.py")


def test_the_stage_that_a_device_sees_says_whether_classes_are_looked_at_together() -> None:
    across = {"type": "nms", "iou_threshold": 0.5, "class_agnostic": True}
    assert is_class_agnostic({"nms": across})
    assert is_class_agnostic({"rcnn": {"nms": across}})
    assert not is_class_agnostic({"rpn": {"nms": across}, "rcnn": TWO_STAGES["rcnn"]})
    assert not is_class_agnostic(None)


@pytest.mark.parametrize(("test_cfg", "limit"), [(ONE_STAGE, 300), (TWO_STAGES, 200), (None, 200)])
def test_a_crowd_of_one_class_is_not_cut_below_what_the_source_gives(test_cfg: dict | None, limit: int) -> None:
    deployed = dict(DEPLOYED)
    follow_source(test_cfg, deployed)
    assert deployed == {**DEPLOYED, "max_output_boxes_per_class": limit}
