"""Every row of test/fixtures/mmdeploy/folder-outcomes.json: what is uploaded by mistake has its own cause and step."""

from pathlib import Path

import pytest
from outcome_rows import check_row, names_of, rows_of, run_table

TABLE = "folder-outcomes.json"
ROWS = rows_of(TABLE)


@pytest.fixture(scope="module")
def outcomes(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_table(engine_python, models, TABLE, tmp_path_factory.mktemp("folder-outcomes"))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=names_of(ROWS))
def test_each_folder_that_was_made_by_mistake_has_its_own_clear_outcome(outcomes: Path, number: int) -> None:
    check_row(ROWS[number], outcomes / str(number))
