"""Tables of broken models in test/fixtures/mmdeploy/*outcomes.json, each row converted once."""

import json
import re
from pathlib import Path

from engine_process import ROOT
from warm_engine import run_warm

FIXTURES = ROOT / "test/fixtures/mmdeploy"


def rows_of(table: str) -> list[dict]:
    return json.loads((FIXTURES / table).read_text())


def names_of(rows: list[dict]) -> list[str]:
    return [f"{number}-{row.get('of', 'cls')}-{row['row']}" for number, row in enumerate(rows)]


def run_table(python: str, models: Path, table: str, work: Path) -> Path:
    """models: folder of cls, det and seg. Returns the folder with a folder for each row."""
    log = work / "log"
    run = [str(FIXTURES / "run_rows.py"), str(models), table, str(work)]
    assert run_warm(python, run, [None, log, log, None]) == 0, log.read_text()[-3000:]
    return work


def check_row(row: dict, folder: Path) -> None:
    """The row's own outcome: kind, code, cause and step."""
    result = json.loads((folder / "files/result.json").read_text())
    if row.get("status") == "ok":
        assert result["status"] == "ok", result["error"]
        if "warning" in row:
            assert any(re.search(row["warning"], warning) for warning in result["warnings"])
        return
    assert result["status"] == "failed", "it was converted"
    error = result["error"]
    assert (error["kind"], error["code"]) == (row["kind"], row["code"]), error
    assert re.search(row["message"], error["message"]), error["message"]
    assert re.search(row["hint"], error["hint"]), error["hint"]
    assert "/tmp" not in error["message"]
    if not row.get("exported"):
        assert not (folder / "files/end2end.onnx").exists()
