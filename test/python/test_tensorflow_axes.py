"""Free axes of the tensorflow engine: what belongs together, and at which lengths the source runs."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "components/tensorflow"))

from edge_engine.failure import Failure
from edge_tensorflow.axes import BATCH, Place, name_axes

NONE: frozenset[str] = frozenset()


def always(sizes: Mapping[Place, int]) -> bool:
    return True


def test_the_first_axis_is_the_batch_of_all_inputs() -> None:
    axes = name_axes({"a": [0], "b": [0]}, {"a": 2, "b": 3}, {}, always, NONE)
    assert axes.names == {("a", 0): BATCH, ("b", 0): BATCH}


def test_a_picture_has_height_and_width_wherever_its_channels_are() -> None:
    last = name_axes({"x": [1, 2]}, {"x": 4}, {}, always, NONE)
    first = name_axes({"x": [2, 3]}, {"x": 4}, {}, always, frozenset({"x"}))
    assert list(last.names.values()) == list(first.names.values()) == ["height", "width"]


def test_inputs_that_must_fit_each_other_share_a_name() -> None:
    def equal(sizes: Mapping[Place, int]) -> bool:
        return sizes["ids", 1] == sizes["mask", 1]

    axes = name_axes({"ids": [1], "mask": [1]}, {"ids": 2, "mask": 2}, {}, equal, NONE)
    assert axes.names == {("ids", 1): "length", ("mask", 1): "length"}


def test_inputs_of_their_own_lengths_have_names_of_their_own() -> None:
    axes = name_axes({"query": [1], "text": [1]}, {"query": 2, "text": 2}, {}, always, NONE)
    assert axes.names == {("query", 1): "query_length", ("text", 1): "text_length"}


def test_three_inputs_of_one_length_are_one_group() -> None:
    def equal(sizes: Mapping[Place, int]) -> bool:
        return len(set(sizes.values())) == 1

    names = ["a", "b", "c"]
    axes = name_axes({name: [1] for name in names}, dict.fromkeys(names, 2), {}, equal, NONE)
    assert set(axes.names.values()) == {"length"}


def test_the_lengths_that_are_asked_for_come_first() -> None:
    axes = name_axes({"x": [0, 1]}, {"x": 2}, {"length": [7], BATCH: [5]}, always, NONE)
    assert axes.base == {BATCH: 5, "length": 7}


def test_another_length_is_taken_where_the_source_refuses_the_first() -> None:
    axes = name_axes({"x": [1]}, {"x": 2}, {}, lambda sizes: sizes["x", 1] <= 8, NONE)
    assert axes.base == {"length": 8}


def test_a_source_that_refuses_all_is_said_with_what_to_do() -> None:
    with pytest.raises(Failure) as caught:
        name_axes({"x": [1]}, {"x": 2}, {}, lambda sizes: False, NONE)
    assert caught.value.code == "source-fails"
    assert "validate: {shapes:" in caught.value.hint
