"""Bytes of a model's weights, and the limit."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "components/tensorflow"))

from edge_engine.failure import Failure
from edge_tensorflow.size import LARGEST, bytes_of, refuse_large


def test_weights_count_by_their_shapes_and_types() -> None:
    keras = SimpleNamespace(shape=(3, 4), dtype="float32")
    half = SimpleNamespace(shape=(5,), dtype=SimpleNamespace(name="float16"))
    flag = SimpleNamespace(shape=(), dtype="bool")
    assert bytes_of([keras, half, flag]) == 48 + 10 + 1


def test_the_limit_is_that_of_a_protobuf() -> None:
    refuse_large(LARGEST)
    with pytest.raises(Failure, match="2 GiB of weights, the limit is 2 GiB") as caught:
        refuse_large(LARGEST + 1)
    assert caught.value.code == "weights-too-large"
    assert "split the network" in caught.value.hint
    assert 2**31 - LARGEST == 2**20
