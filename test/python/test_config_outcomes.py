"""Every row of test/fixtures/mmdeploy/config-outcomes.json: it works, or the true cause and a step are named."""

from pathlib import Path

import pytest
from outcome_rows import check_row, names_of, rows_of, run_table

TABLE = "config-outcomes.json"
ROWS = rows_of(TABLE)


@pytest.fixture(scope="module")
def outcomes(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_table(engine_python, models, TABLE, tmp_path_factory.mktemp("config-outcomes"))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=names_of(ROWS))
def test_each_way_to_write_a_configuration_has_its_own_clear_outcome(outcomes: Path, number: int) -> None:
    check_row(ROWS[number], outcomes / str(number))
