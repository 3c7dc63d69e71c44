"""Work in a copy of the engine's process: what it gives, how it fails, and how it ends."""

import subprocess

import pytest
from engine_process import ROOT
from engine_script import in_engine

SCRIPT = """
import os, time
from pathlib import Path
import torch
from edge_engine.failure import Failure
from edge_mmdeploy.beside import beside

torch.set_num_threads(given["threads"])
torch.cuda.is_available = lambda: given.get("gpu", False)
# Threads of OpenMP are there before the copy is made, and would be waited for in it.
large = torch.ones(512, 512)
(large * 2).sum()

def work():
    if given["work"] == "refuses":
        raise Failure("input", "export-failed", "no graph", "change it")
    if given["work"] == "exits":
        raise SystemExit(5)
    if given["work"] == "sleeps":
        time.sleep(60)
    if given["work"] == "object":
        return Path.cwd()
    return {"threads": torch.get_num_threads(), "sum": float((large * 2).sum()), "here": os.getpid() == me}

me, found = os.getpid(), {}
try:
    with beside(work, Path.cwd()) as other:
        if given["work"] == "sleeps":
            other.check()
            raise ValueError("the references fail")
        if given["work"] == "refuses":
            # It is known long before anyone waits for the result.
            for _ in range(600):
                time.sleep(0.05)
                other.check()
        found["result"] = other.result()
except (Failure, ValueError) as error:
    found["failed"] = [getattr(error, "code", None), str(error)]
try:
    os.waitpid(-1, os.WNOHANG)
    found["left"] = True
except ChildProcessError:
    found["left"] = False
found["threads"] = torch.get_num_threads()
print(json.dumps(found))
"""
SUM = 2 * 512.0**2


def test_the_copy_has_one_thread_and_this_process_keeps_its_own(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "adds", "threads": 2})
    assert found == {"result": {"threads": 1, "sum": SUM, "here": False}, "left": False, "threads": 2}


def test_with_one_thread_there_is_no_copy(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "adds", "threads": 1})
    assert found == {"result": {"threads": 1, "sum": SUM, "here": True}, "left": False, "threads": 1}


def test_beside_a_gpu_there_is_no_copy(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "adds", "threads": 2, "gpu": True})
    assert found["result"]["here"] is True


def test_its_failure_is_known_while_other_work_goes_on(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "refuses", "threads": 2})
    assert found == {"failed": ["export-failed", "no graph"], "left": False, "threads": 2}


def test_an_exit_of_the_models_code_is_a_failure(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "exits", "threads": 2})
    assert found["failed"][0] == "engine-exit"


def test_it_is_ended_where_the_other_work_fails(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "sleeps", "threads": 2})
    assert found == {"failed": [None, "the references fail"], "left": False, "threads": 2}


@pytest.mark.parametrize(("end", "code"), [("os.kill(os.getpid(), 11)", -11), ("os._exit(9)", 9)])
def test_a_crash_of_the_copy_is_a_crash_of_the_engine(end: str, code: int, engine_python: str) -> None:
    folders = [str(ROOT / "components" / name) for name in ("mmdeploy", "_shared")]
    lines = (
        f"import os, sys; sys.path[:0] = {folders!r}",
        "from pathlib import Path; import torch; torch.set_num_threads(2)",
        "from edge_mmdeploy.beside import beside",
        f"with beside(lambda: {end}, Path.cwd()) as other: other.result()",
    )
    run = subprocess.run([engine_python, "-W", "ignore", "-c", "\n".join(lines)], capture_output=True, check=False)
    assert run.returncode == code, run.stderr


def test_an_object_is_not_a_result_of_a_copy(engine_python: str) -> None:
    found = in_engine(engine_python, SCRIPT, {"work": "object", "threads": 2})
    assert "unmarshallable object" in found["failed"][1]
    assert not found["left"]
