from pathlib import Path

import numpy as np
import pytest
from reference_file import read_safetensors

from edge_engine.references import References


def rows(count: int) -> dict[str, np.ndarray]:
    return {"x": np.ones((count, 256), np.float32)}


def test_each_case_has_its_kind(tmp_path: Path) -> None:
    references = References()
    references.add("sample-0", "real", {"in": rows(1), "fp32": rows(1)})
    references.write(tmp_path / "file")
    tensors, metadata = read_safetensors(tmp_path / "file")
    assert sorted(tensors) == ["sample-0/fp32/x", "sample-0/in/x"]
    assert metadata["sample-0/kind"] == "real"


def test_the_file_of_a_sample_is_named_by_the_case_that_was_kept(tmp_path: Path) -> None:
    references = References()
    references.add("sample-0", "real", {"in": rows(1)})
    references.name_samples([Path("samples/night.png"), Path("samples/left out.png")])
    references.write(tmp_path / "file")
    _, metadata = read_safetensors(tmp_path / "file")
    assert {key: value for key, value in metadata.items() if key.startswith("file/")} == {"file/sample-0": "night.png"}


def test_a_case_beyond_the_budget_is_left_out_and_the_next_smaller_one_kept() -> None:
    references = References(total_bytes=4096, case_bytes=2048)
    assert references.add("a", "random", {"in": rows(2)})
    assert not references.add("too-large", "random", {"in": rows(3)})
    assert references.add("b", "random", {"in": rows(2)})
    assert not references.add("too-many", "random", {"in": rows(1)})
    assert list(references.kinds) == ["a", "b"]


@pytest.mark.parametrize("name", ["a/b", "", "ü", "taken"])
def test_a_case_name_is_plain_and_used_once(name: str) -> None:
    references = References()
    references.add("taken", "random", {"in": rows(1)})
    with pytest.raises(ValueError, match="is not allowed or already used"):
        references.add(name, "random", {"in": rows(1)})


def test_an_axis_that_never_changes_is_constant() -> None:
    references = References()
    for case, shape in (("a", (4, 100, 5)), ("b", (1, 7, 5))):
        references.add(case, "random", {"fp32": {"dets": np.zeros(shape, np.float32)}})
    assert references.constant_sizes("dets", {0}) == {2: 5}
