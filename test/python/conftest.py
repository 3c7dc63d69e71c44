"""Where the code under test lies, and the interpreter of the real engine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "components/_shared"), str(ROOT / "components/mmdeploy"), str(Path(__file__).parent)]

from engine_process import CONVERT, Run, mmdeploy_request, run_engine  # noqa: E402
from warm_engine import run_warm  # noqa: E402


@pytest.fixture(scope="session")
def engine_python() -> str:
    """The mmdeploy engine's interpreter; without one the test is skipped, or fails where real parts are required."""
    python = os.environ.get("MODEL_TO_EDGE_ENGINE_PYTHON_MMDEPLOY") or _installed()
    if python:
        return python
    reason = "the engine mmdeploy is not installed: model-to-edge engine install mmdeploy"
    if os.environ.get("MODEL_TO_EDGE_TEST_REAL") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def models(engine_python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with tiny real models `cls`, `det` and `seg`: what they can is not left to chance, see tiny_model.py."""
    folder = tmp_path_factory.mktemp("models")
    script = ROOT / "test/fixtures/mmdeploy/tiny_model.py"
    for kind, steps in (("cls", "20"), ("det", "8"), ("seg", "20")):
        log = folder / f"{kind}.log"
        run = [str(script), kind, str(folder / kind), "--steps", steps]
        assert run_warm(engine_python, run, [None, log, log, None]) == 0, log.read_text()[-3000:]
    return folder


@pytest.fixture(scope="session")
def converted(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The three models, converted with the engine's defaults by a process of its own each."""
    work = tmp_path_factory.mktemp("converted")
    return {
        kind: run_engine(CONVERT, mmdeploy_request(models / kind), work / kind, engine_python, fresh=True)
        for kind in ("cls", "det", "seg")
    }


@pytest.fixture(scope="session")
def static_segmentor(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The segmentor for inputs of one size, which is not that of its pictures."""
    request = {**mmdeploy_request(models / "seg"), "options": {"dynamic": False, "input_shape": [96, 64]}}
    return run_engine(CONVERT, request, tmp_path_factory.mktemp("static"), engine_python)


def _installed() -> str | None:
    node, cli = shutil.which("node"), ROOT / "dist/cli.js"
    if not node or not cli.exists():
        return None
    listed = subprocess.run([node, str(cli), "engine", "list", "--json"], capture_output=True, text=True)
    if listed.returncode:
        return None
    return next((each["python"] for each in json.loads(listed.stdout) if each["name"] == "mmdeploy"), None)
