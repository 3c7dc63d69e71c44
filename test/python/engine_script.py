"""Runs a few lines in the engine's environment, where torch and onnx are."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from engine_process import ROOT
from warm_engine import run_warm

HEAD = """
import json, sys
sys.path[:0] = [sys.argv[1] + "/components/mmdeploy", sys.argv[1] + "/components/_shared"]
given = json.load(sys.stdin)
"""


def in_engine(python: str, lines: str, given: object = None, fresh: bool = False) -> Any:
    """`lines` see `given`, and print JSON as their last line.

    They run in a fork of a process that has the engine's imports; `fresh` where it counts what is on the stack below.
    """
    run = ["-c", HEAD + lines, str(ROOT)]
    code, output, error = (_alone if fresh else _warm)(python, run, json.dumps(given))
    assert code == 0, error[-3000:]
    return json.loads(output.splitlines()[-1])


def _alone(python: str, run: list[str], given: str) -> tuple[int, str, str]:
    done = subprocess.run([python, "-W", "ignore", *run], input=given, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def _warm(python: str, run: list[str], given: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        stdin, output, error = (Path(folder) / name for name in ("stdin", "stdout", "stderr"))
        stdin.write_text(given)
        code = run_warm(python, run, [stdin, output, error, None])
        return code, output.read_text(), error.read_text()
