from pathlib import Path

import numpy as np
import pytest
from reference_file import read_safetensors

from edge_engine.safetensors import write_safetensors


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    tensors = {
        "b/in/x": np.arange(6, dtype=np.float32).reshape(2, 3),
        "a/fp64/y": np.array([[1.5]]),
        "a/out/label": np.array([7, -1], np.int64),
        "a/mask": np.array([1, 0, 1], np.uint8),
        "a/empty": np.zeros((0, 5), np.float32),
    }
    write_safetensors(tmp_path / "file", tensors, {"a/kind": "real"})
    read, metadata = read_safetensors(tmp_path / "file")
    assert metadata == {"a/kind": "real"}
    assert read.keys() == tensors.keys()
    for name, array in tensors.items():
        assert np.array_equal(read[name], array)


def test_the_order_of_the_tensors_does_not_change_the_bytes(tmp_path: Path) -> None:
    one, two = np.ones(3, np.float32), np.zeros(2)
    write_safetensors(tmp_path / "a", {"x": one, "y": two}, {"k": "1", "j": "2"})
    write_safetensors(tmp_path / "b", {"y": two, "x": one}, {"j": "2", "k": "1"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_array_that_is_not_contiguous_is_written_in_its_own_order(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3).T
    write_safetensors(tmp_path / "file", {"x": array}, {})
    assert np.array_equal(read_safetensors(tmp_path / "file")[0]["x"], array)


def test_a_dtype_that_the_format_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="x: safetensors has no dtype complex128"):
        write_safetensors(tmp_path / "file", {"x": np.ones(1, complex)}, {})
