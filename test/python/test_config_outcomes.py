"""Every row of test/fixtures/mmdeploy/config-outcomes.json: it works, or the true cause and a step are named."""

import json
from pathlib import Path

import pytest
from outcome_rows import check_row, names_of, rows_of, run_table
from reference_file import read_safetensors

TABLE = "config-outcomes.json"
ROWS = rows_of(TABLE)


@pytest.fixture(scope="module")
def outcomes(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_table(engine_python, models, TABLE, tmp_path_factory.mktemp("config-outcomes"))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=names_of(ROWS))
def test_each_way_to_write_a_configuration_has_its_own_clear_outcome(outcomes: Path, number: int) -> None:
    check_row(ROWS[number], outcomes / str(number))


def test_grey_pictures_reach_the_graph_the_references_and_the_contract_in_one_channel(outcomes: Path) -> None:
    number = next(n for n, row in enumerate(ROWS) if row["row"] == "grey-pictures")
    files = outcomes / str(number) / "files"
    assert json.loads((files / "result.json").read_text())["inputs"][0]["shape"] == ["batch", 1, "height", "width"]
    steps = json.loads((files / "contract.json").read_text())["preprocess"]
    assert steps[0] == {"decode": "gray8", "exif_rotate": True}
    assert steps[-1] == {"normalize": {"range": "0..255", "mean": [116.28], "std": [57.12]}}
    tensors, _ = read_safetensors(files / "references.safetensors")
    inputs = [array for name, array in tensors.items() if "/in/" in name]
    assert {array.shape[1] for array in inputs} == {1}
    assert sum(array.shape[0] for array in inputs) >= 8
    pictures = [array for name, array in tensors.items() if name.endswith("/aux/picture")]
    # The sample's, and one that shows what resizing does: the sample has the input's size.
    assert [array.shape[2] for array in pictures] == [1, 1]
    assert (files / "previews/sample-0.png").exists()
