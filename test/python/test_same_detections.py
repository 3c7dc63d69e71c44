import numpy as np
import pytest

from edge_mmdeploy.same_detections import same_detections

BOXES = np.array([[0, 0, 10, 10, 0.9, 1], [20, 20, 30, 30, 0.9, 1], [0, 0, 10, 10, 0.5, 2]], float)


def test_the_order_does_not_count() -> None:
    assert same_detections(BOXES, BOXES[[2, 0, 1]])


@pytest.mark.parametrize(
    ("name", "row", "column", "by"),
    [("box", 0, 2, 1.0), ("score", 1, 4, 0.01), ("label", 2, 5, 1), ("nan", 0, 0, np.nan)],
)
def test_another_box_score_or_label_counts(name: str, row: int, column: int, by: float) -> None:
    changed = BOXES.copy()
    changed[row, column] += by
    assert not same_detections(BOXES, changed)


def test_one_box_cannot_stand_for_two() -> None:
    assert not same_detections(BOXES[[0, 0]], BOXES[[0, 1]])
    assert not same_detections(BOXES, BOXES[:2])


def test_nothing_equals_nothing() -> None:
    assert same_detections(np.zeros((0, 6)), np.zeros((0, 6)))
