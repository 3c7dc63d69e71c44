"""Arguments, free axes and drawn values of the engine torch: without torch."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "components/torch"))

from edge_engine.failure import Failure
from edge_torch.arguments import Argument, given_arguments, said_arguments
from edge_torch.draw import MANNERS, draw, draw_marked, example
from edge_torch.free_axes import candidates, is_batch, lengths_of, long_candidates, read_dynamic_axes, with_axes


def said(**entry: Any) -> Argument:
    return said_arguments([{"shape": [4, 6], **entry}], ["x"])[0]


def test_names_come_from_forward_where_args_is_a_list() -> None:
    found = said_arguments([{"shape": [1]}, {"shape": [2], "dtype": "int64"}], ["ids", "mask"])
    assert [(a.name, a.shape, a.dtype) for a in found] == [("ids", (1,), "float32"), ("mask", (2,), "int64")]


def test_a_mapping_inside_is_one_parameter_of_forward() -> None:
    found = said_arguments([{"left": {"shape": [1]}, "right": {"shape": [2]}}], ["batch"])
    assert [(a.name, a.inside) for a in found] == [("left", "batch"), ("right", "batch")]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"dtype": "bfloat16"}, "dtype-unsupported"),
        ({"dtype": "complex64"}, "dtype-unsupported"),
        ({"dtype": "int64", "generator": "normal"}, "args-generator"),
        ({"low": 2, "high": 1}, "args-range"),
    ],
)
def test_what_args_may_not_say(entry: dict[str, Any], code: str) -> None:
    with pytest.raises(Failure) as raised:
        said(**entry)
    assert raised.value.code == code


@pytest.mark.parametrize("manner", MANNERS)
def test_the_same_seed_gives_the_same_values(manner: str) -> None:
    first, second = (draw(said(seed=3), (4, 6), manner, 7) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, draw(said(seed=4), (4, 6), manner, 7))
    assert first.dtype == np.float32


def test_manners_show_what_decides_by_a_sign_or_a_size() -> None:
    values = {manner: draw(said(), (64, 6), manner, 7) for manner in MANNERS}
    assert (values["positive"] > 0).all()
    assert (values["negative"] < 0).all()
    assert values["plain"].min() < 0 < values["plain"].max()
    assert np.abs(values["large"]).max() > 4 * np.abs(values["small"]).max()


@pytest.mark.parametrize("manner", MANNERS)
def test_nothing_is_drawn_outside_of_its_range(manner: str) -> None:
    uniform = draw(said(generator="uniform", low=-2, high=255), (64, 6), manner, 7)
    whole = draw(said(dtype="int64", low=3, high=9), (64, 6), manner, 7)
    assert -2 <= uniform.min() <= uniform.max() <= 255
    assert 3 <= whole.min() <= whole.max() <= 8


def test_both_ends_of_a_range_of_integers_are_met() -> None:
    whole = draw(said(dtype="int64", low=0, high=1000), (4, 6), "plain", 7)
    assert (whole.min(), whole.max()) == (0, 999)


@pytest.mark.parametrize("dtype", ["bool", "int64", "float32"])
def test_a_mask_keeps_at_least_one_of_each_row(dtype: str) -> None:
    mask = draw(said(dtype=dtype, generator="mask"), (64, 6), "large", 7)
    assert (mask.sum(axis=1) >= 1).all()
    assert (np.diff(mask.astype(int), axis=1) <= 0).all()
    assert len(set(mask.sum(axis=1))) > 2


def test_a_file_says_values_and_where_others_lie() -> None:
    (argument,) = given_arguments({"x": np.array([[0, 255], [10, 20]], np.uint8)})
    assert np.array_equal(example(argument), [[0, 255], [10, 20]])
    drawn = draw(argument, (50, 2), "plain", 1)
    assert drawn.dtype == np.uint8
    assert drawn.max() > 100


def test_axes_by_name_or_with_the_names_that_torch_gives() -> None:
    assert read_dynamic_axes({"x": {"0": "batch"}, "y": [0, 2]}) == {
        "x": {0: "batch"},
        "y": {0: "y_dynamic_axes_1", 2: "y_dynamic_axes_2"},
    }


def test_a_free_axis_has_its_length_everywhere() -> None:
    pair = said_arguments([{"shape": [2, 7]}, {"shape": [2, 9]}], ["a", "b"])
    found = with_axes(pair, {"a": {0: "batch"}, "b": {0: "batch", 1: "time"}}, None)
    assert lengths_of(found) == {"batch": 2, "time": 9}
    assert [a.sized({"batch": 5, "time": 3}) for a in found] == [(5, 7), (5, 3)]
    assert (is_batch(found, "batch"), is_batch(found, "time")) == (True, False)


@pytest.mark.parametrize(
    ("axes", "code"),
    [
        ({"c": {0: "batch"}}, "name-unknown"),
        ({"a": {2: "width"}}, "axis-unknown"),
        ({"a": {1: "time"}, "b": {1: "time"}}, "args-sizes"),
    ],
)
def test_axes_that_are_not_there(axes: dict[str, dict[int, str]], code: str) -> None:
    pair = said_arguments([{"shape": [2, 7]}, {"shape": [2, 9]}], ["a", "b"])
    with pytest.raises(Failure) as raised:
        with_axes(pair, axes, ["y"])
    assert raised.value.code == code


def test_lengths_to_try_begin_with_those_that_were_asked_for() -> None:
    assert candidates(224, False, [320])[:3] == [320, 256, 192]
    assert candidates(7, False, [])[:3] == [8, 6, 14]
    assert candidates(4, True, [16]) == [16, 1, 2, 3, 5, 4]


def test_a_padding_ends_each_row_and_leaves_something_of_it() -> None:
    ids = replace(said(dtype="int64", low=0, high=50_000), marks=(3.0, 0.0), bounds=(7.0,))
    plain, first, second = draw(ids, (40, 6), "plain", 7), *(draw_marked(ids, (40, 6), mark, 7) for mark in (0, 1))
    assert (first[:, 4:] == 3).all()
    assert (second[:, 4:] == 0).all()
    assert np.array_equal(first[:, 0], plain[:, 0])
    assert 7 in first[:, 1:4]


@pytest.mark.parametrize(("shape", "axis"), [((6, 3), 0), ((2, 6, 3), 1), ((2, 3, 5, 6), 3)])
def test_what_is_missing_is_rows_or_time_or_a_side_of_a_picture(shape: tuple[int, ...], axis: int) -> None:
    frames = replace(said(), shape=shape, marks=(0.0,))
    found = np.moveaxis(draw_marked(frames, shape, 0, 7), axis, 0)
    assert (found[4:] == 0).all()
    assert found[0].all()
    assert not found[1:4].all()


def test_a_number_that_is_none_is_tried_alone() -> None:
    found = [draw_marked(replace(said(), marks=(float("nan"), 0.0)), (9, 6), mark, 7) for mark in (0, 1)]
    assert [bool(np.isnan(array).any()) for array in found] == [True, False]


def test_an_argument_without_marks_is_drawn_plainly() -> None:
    assert np.array_equal(draw_marked(said(), (4, 6), 0, 7), draw(said(), (4, 6), "plain", 7))


def test_a_long_sequence_is_many_times_its_length() -> None:
    assert long_candidates(12) == [192, 96, 48]
    assert long_candidates(100) == [400]
    assert long_candidates(224) == []
