"""Every row of test/fixtures/mmdeploy/outcomes.json: what MMDeploy gets wrong in silence must not pass."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from engine_process import ROOT

FIXTURES = ROOT / "test/fixtures/mmdeploy"
ROWS = json.loads((FIXTURES / "outcomes.json").read_text())


@pytest.fixture(scope="module")
def outcomes(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("outcomes")
    command = [engine_python, "-W", "ignore", str(FIXTURES / "run_rows.py"), str(models / "cls"), str(work)]
    subprocess.run(command, check=True, capture_output=True)
    return work


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{number}-{row['row']}" for number, row in enumerate(ROWS)])
def test_each_broken_model_has_its_own_clear_outcome(outcomes: Path, number: int) -> None:
    row = ROWS[number]
    result = json.loads((outcomes / str(number) / "files/result.json").read_text())
    if row.get("status") == "ok":
        assert result["status"] == "ok", result["error"]
        if "warning" in row:
            assert any(re.search(row["warning"], warning) for warning in result["warnings"])
        return
    error = result["error"]
    assert (error["kind"], error["code"]) == (row["kind"], row["code"])
    assert re.search(row["message"], error["message"]), error["message"]
    assert re.search(row["hint"], error["hint"]), error["hint"]
    assert "/tmp" not in error["message"]
    assert not (outcomes / str(number) / "files/end2end.onnx").exists()


def test_prefixed_and_bare_checkpoints_export_the_same_model(outcomes: Path) -> None:
    same = [n for n, row in enumerate(ROWS) if row["row"] in ("module-prefix", "bare-state-dict", "unused-import")]
    good = (outcomes / "0/files/end2end.onnx").read_bytes()
    for number in same:
        assert (outcomes / str(number) / "files/end2end.onnx").read_bytes() == good
