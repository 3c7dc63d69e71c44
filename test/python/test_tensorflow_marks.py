"""Values with a meaning of their own in the cases of the engine tensorflow: without TensorFlow."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "components/tensorflow"))

from edge_tensorflow.marks import compared, with_marks


@pytest.mark.parametrize(
    ("operator", "constant", "found"),
    [
        ("NotEqual", np.array(0), ((0.0,), ())),
        ("Equal", np.array([-1.0]), ((-1.0,), ())),
        ("GreaterEqual", np.array([0.5]), ((), (0.5,))),
        ("NotEqual", np.arange(9), ((), ())),
        ("NotEqual", None, ((), ())),
        ("Mul", np.array(0), ((), ())),
    ],
)
def test_what_an_input_is_compared_with(operator: str, constant: object, found: object) -> None:
    assert compared(operator, constant) == found


def test_where_numbers_that_are_none_are_looked_for_they_are_tried() -> None:
    (mark,), bounds = compared("IsNan", None)
    assert math.isnan(mark)
    assert bounds == ()


def test_rows_end_in_a_mark_each_in_turn_and_the_first_is_plain() -> None:
    ids = np.arange(100, 1000).reshape(100, 9)
    found = with_marks(ids, (3.0, 0.0), (7.0,), np.random.default_rng(1))
    assert np.array_equal(found[0], ids[0])
    assert found[1:4, 6:].tolist() == [[3] * 3, [0] * 3, [3] * 3]
    assert np.array_equal(found[:, 0], ids[:, 0])
    assert 7 in found[:, 1:6]


def test_a_picture_ends_at_its_right_side() -> None:
    found = with_marks(np.ones((2, 4, 6, 3)), (0.0,), (), np.random.default_rng(1))
    assert (found[1, :, 4:] == 0).all()
    assert found[1, :, :4].any(axis=(0, 2)).all()


def test_a_list_of_numbers_has_no_end() -> None:
    found = with_marks(np.ones(99), (0.0,), (), np.random.default_rng(1))
    assert 0 < (found == 0).sum() < 50
