"""Every row of test/fixtures/mmdeploy/outcomes.json: what MMDeploy gets wrong in silence must not pass."""

from pathlib import Path

import pytest
from outcome_rows import check_row, names_of, rows_of, run_table

TABLE = "outcomes.json"
ROWS = rows_of(TABLE)


@pytest.fixture(scope="module")
def outcomes(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_table(engine_python, models, TABLE, tmp_path_factory.mktemp("outcomes"))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=names_of(ROWS))
def test_each_broken_model_has_its_own_clear_outcome(outcomes: Path, number: int) -> None:
    check_row(ROWS[number], outcomes / str(number))


def test_prefixed_and_bare_checkpoints_export_the_same_model(outcomes: Path) -> None:
    same = [n for n, row in enumerate(ROWS) if row["row"] in ("module-prefix", "bare-state-dict", "unused-import")]
    good = (outcomes / "0/files/end2end.onnx").read_bytes()
    for number in same:
        assert (outcomes / str(number) / "files/end2end.onnx").read_bytes() == good
