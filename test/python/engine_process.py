"""Runs an engine's process as the runner does: a request file, progress on descriptor 3, result.json."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warm_engine import run_warm

ROOT = Path(__file__).resolve().parents[2]
CONVERT = ROOT / "components/mmdeploy/convert.py"


@dataclass
class Run:
    code: int
    log: str
    progress: list
    result: dict | None
    output: Path


def run_engine(entry: Path, request: dict, work: Path, python: str = sys.executable, fresh: bool = False) -> Run:
    """request: over defaults that fit the toy engine; `model` needs at least `dir` and `files`.

    MMDeploy's engine runs as a fork of a process that has its imports, unless it is to be `fresh`.
    """
    work.mkdir(parents=True, exist_ok=True)
    output = work / "files"
    full = {
        "protocol": 1,
        "options": {},
        "allow": {"missing": [], "unexpected": []},
        "device": "cpu",
        "samples": [],
        "classes": None,
        "seed": 0,
        "references": {"random": 3, "fp64": True, "shapes": {}},
        "metadata": {"edge.b": "2", "edge.a": "1"},
        "output_dir": str(output),
        **request,
    }
    path = work / "request.json"
    path.write_text(json.dumps(full))
    progress = work / "progress"
    start = start_alone if fresh or entry != CONVERT else start_warm
    code, log = start([python, str(entry), str(path)], progress)
    result = output / "result.json"
    return Run(
        code,
        log,
        [json.loads(line) for line in progress.read_text().splitlines()],
        json.loads(result.read_text()) if result.exists() else None,
        output,
    )


def start_alone(command: list[str], progress: Path) -> tuple[int, str]:
    """Exit code, and what it printed."""
    with progress.open("w") as file:
        descriptor = file.fileno()

        def as_three() -> None:
            os.dup2(descriptor, 3)

        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            preexec_fn=as_three,
            close_fds=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
    return done.returncode, done.stdout + done.stderr


def start_warm(command: list[str], progress: Path) -> tuple[int, str]:
    """As `start_alone`."""
    python, *run = command
    log = progress.with_name("log")
    for file in (log, progress):
        file.write_bytes(b"")
    return run_warm(python, run, [Path(os.devnull), log, log, progress]), log.read_text()


def mmdeploy_request(model: Path) -> dict:
    """For a folder of components/mmdeploy/demo/make_model.py."""
    checkpoint = next(model.glob("*.pth")).name
    files = [{"role": "config", "path": "config.py"}, {"role": "checkpoint", "path": checkpoint}]
    samples = [str(path) for path in sorted(model.glob("samples/*"))]
    return {"model": {"name": model.name, "dir": str(model), "files": files}, "samples": samples}
