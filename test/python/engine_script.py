"""Runs a few lines in the engine's environment, where torch and onnx are."""

import json
import subprocess
from typing import Any

from engine_process import ROOT

HEAD = """
import json, sys
sys.path[:0] = [sys.argv[1] + "/components/mmdeploy", sys.argv[1] + "/components/_shared"]
given = json.load(sys.stdin)
"""


def in_engine(python: str, lines: str, given: object = None) -> Any:
    """`lines` see `given`, and print JSON as their last line."""
    command = [python, "-W", "ignore", "-c", HEAD + lines, str(ROOT)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
