"""What contract.json says of a detector's suppression is what MMDeploy builds into the graph."""

import pytest

from edge_mmdeploy.suppression import baked_numbers, most_boxes

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
