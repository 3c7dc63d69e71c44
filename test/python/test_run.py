"""The entry that all engines share, as a process."""

from pathlib import Path

from engine_process import ROOT, Run, run_engine

ENTRY = """
import sys
sys.path.insert(0, {shared!r})
from edge_engine.failure import Failure
from edge_engine.run import run_engine
def convert(request, job):
{body}
sys.exit(run_engine(convert, ("one", "two"), ["pip", "nothing-of-this-name"]))
"""


def run(tmp_path: Path, body: str) -> Run:
    entry = tmp_path / "convert.py"
    indented = "\n".join("    " + line for line in body.splitlines())
    entry.write_text(ENTRY.format(shared=str(ROOT / "components/_shared"), body=indented))
    model = {"name": "m", "dir": str(tmp_path / "model"), "files": []}
    return run_engine(entry, {"model": model}, tmp_path / "work")


def test_a_result_names_files_stages_and_versions(tmp_path: Path) -> None:
    done = run(tmp_path, "with job.stage('one'):\n    job.file('device', 'a/b.txt').write_text('x')\njob.warn('w')")
    assert done.code == 0
    assert done.result["files"] == [{"role": "device", "path": "a/b.txt"}]
    assert done.result["warnings"] == ["w"]
    assert list(done.result["timings"]) == ["one"]
    assert "nothing-of-this-name" not in done.result["environment"]["packages"]
    assert done.progress == [{"stage": "one", "done": 0, "total": 2}, {"stage": "done", "done": 2, "total": 2}]


def test_an_outer_stage_goes_on_when_the_inner_one_has_ended(tmp_path: Path) -> None:
    done = run(tmp_path, "with job.stage('one'):\n    with job.stage('two'):\n        pass")
    assert [line["stage"] for line in done.progress] == ["one", "two", "one", "done"]
    assert [line["done"] for line in done.progress] == [0, 1, 1, 2], "progress does not go back"


def test_stages_that_are_gone_through_again_say_so(tmp_path: Path) -> None:
    stages = "with job.stage('one'):\n    pass\nwith job.stage('two'):\n    pass\n"
    done = run(tmp_path, f"{stages}job.attempt = 'again, with fixed batch'\n{stages}job.attempt = ''")
    again = [f"{stage} (again, with fixed batch)" for stage in ("one", "two")]
    assert [line["stage"] for line in done.progress] == ["one", "two", *again, "done"]
    assert [line["done"] for line in done.progress] == [0, 1, 1, 1, 2]
    assert list(done.result["timings"]) == ["one", "two"]


def test_a_failure_reaches_the_result_without_the_models_folder(tmp_path: Path) -> None:
    done = run(tmp_path, "raise Failure('input', 'bad', f'{request.folder}/a.py is bad', 'mend it')")
    assert done.code == 2
    assert done.result["error"] == {"kind": "input", "code": "bad", "message": "a.py is bad", "hint": "mend it"}


def test_the_traceback_of_a_bug_is_in_the_log_and_not_in_the_message(tmp_path: Path) -> None:
    done = run(tmp_path, "{}['missing']")
    assert done.code == 70
    assert (done.result["error"]["kind"], done.result["error"]["message"]) == ("bug", "KeyError: 'missing'")
    assert "Traceback" in done.log


def test_a_model_that_ends_the_process_still_leaves_a_result(tmp_path: Path) -> None:
    done = run(tmp_path, "sys.exit(0)")
    assert (done.code, done.result["error"]["kind"], done.result["error"]["code"]) == (2, "input", "engine-exit")


def test_sets_have_one_order_in_every_process(tmp_path: Path) -> None:
    body = "print([x for x in {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}])"
    assert run(tmp_path, body).log == run(tmp_path, body).log


def test_children_of_the_engine_do_not_keep_the_progress_line_open(tmp_path: Path) -> None:
    body = (
        "import subprocess\nprint('wrote', subprocess.run('echo x >&3', shell=True, close_fds=False).returncode == 0)"
    )
    done = run(tmp_path, body)
    assert "wrote False" in done.log
    assert done.progress[-1]["stage"] == "done"
