"""Programs in the engine's environment as forks of one process that has its imports: fixtures/mmdeploy/warm_engine.py.

A conversion takes 2 to 7 s of the processor so, and 4 more by itself. That the engine's own process gives the same
files is proved by test_mmdeploy_conversion.py: the fixture `converted` starts one for each model.
"""

import atexit
import functools
import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "test/fixtures/mmdeploy/warm_engine.py"


def run_warm(python: str, run: list[str], files: list[Path | None]) -> int:
    """`run` as Python takes it after its own options; files: standard input, output and error, and descriptor 3.

    What is written is added to the files. Returns the exit code, as `subprocess` gives it.
    """
    server = _server(python)
    assert server.stdin is not None and server.stdout is not None
    paths = [None if path is None else str(path) for path in files]
    asked = {"run": run, "env": {**os.environ, "PYTHONHASHSEED": "0", **_SET}, "files": paths}
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    answer = server.stdout.readline()
    assert answer, f"the process with the imports ended with {server.wait()}"
    return int(answer)


#: What components/mmdeploy/convert.py sets before its imports.
_SET = {"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1", "MPLBACKEND": "Agg"}


@functools.cache
def _server(python: str) -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [python, str(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.wait()
