"""Whose fault an unforeseen exception is: only what a retry may cure is the outside world's."""

import errno
import socket
import urllib.error
from pathlib import Path

import pytest

from edge_engine.blame import failure_of
from edge_engine.failure import Failure


class OutOfMemoryError(RuntimeError):
    """As torch.cuda's."""


MACHINE = [
    (MemoryError(), "out-of-memory"),
    (OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), "out-of-memory"),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "out-of-memory"),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), "out-of-memory"),
    (OSError(errno.ENOSPC, "No space left"), "disk-full"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk-full"),
    (OSError(errno.EMFILE, "Too many open files"), "open-files"),
    (OSError(errno.EIO, "Input/output error"), "disk-error"),
    (RuntimeError("No CUDA GPUs are available"), "device-unavailable"),
    (AssertionError("Torch not compiled with CUDA enabled"), "device-unavailable"),
    (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), "network"),
    (urllib.error.URLError("[Errno -3] Temporary failure in name resolution"), "network"),
    (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "network"),
    (KeyboardInterrupt(), "interrupted"),
]


@pytest.mark.parametrize(("error", "code"), MACHINE, ids=lambda value: str(value)[:40])
def test_what_a_retry_may_cure_is_external_also_below_another_exception(
    error: BaseException, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    around = Failure("input", "config-error", "config.py cannot be read", "Correct it.")
    around.__cause__ = error
    for each in (error, around):
        failure = failure_of(each, tmp_path)
        assert (failure.kind, failure.code) == ("external", code)
        assert failure.hint
        assert "\n" not in str(failure)


@pytest.mark.parametrize(
    ("error", "interfaces"),
    [
        (urllib.error.URLError("[Errno -2] Name or service not known"), ["lo"]),
        (urllib.error.URLError(PermissionError(errno.EACCES, "Permission denied")), ["lo", "eth0"]),
    ],
)
def test_a_download_where_the_engine_is_kept_from_the_network_is_the_models_fault(
    error: BaseException, interfaces: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "if_nameindex", lambda: list(enumerate(interfaces, 1)))
    failure = failure_of(error, tmp_path)
    assert (failure.kind, failure.code) == ("input", "network-used")


def test_a_foreseen_failure_stays_as_it_is(tmp_path: Path) -> None:
    failure = Failure("mismatch", "checkpoint-mismatch", "no", "do")
    failure.__cause__ = KeyError("conv.weight")
    assert failure_of(failure, tmp_path) is failure


def raised_by(path: Path, text: str) -> BaseException:
    """The exception of `run()` in a file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    scope: dict = {}
    exec(compile(text, str(path), "exec"), scope)
    try:
        scope["run"]()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[][0]", "IndexError: list index out of range"),
        ("nonsense", "NameError: name 'nonsense' is not defined"),
        ("open('/nowhere/prototype.pth')", "FileNotFoundError"),
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
    ],
)
def test_the_models_own_code_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    error = raised_by(tmp_path / "model/projects/net.py", f"def run():\n    {line}\n")
    failure = failure_of(error, tmp_path / "model")
    assert (failure.kind, failure.code) == ("input", "model-code")
    assert str(failure).startswith(f"projects/net.py, line 2: {said}")


def test_a_model_that_ends_the_process_is_the_models_fault(tmp_path: Path) -> None:
    error = raised_by(tmp_path / "model/config.py", "import sys\ndef run():\n    sys.exit(3)\n")
    failure = failure_of(error, tmp_path / "model")
    assert (failure.kind, failure.code) == ("input", "engine-exit")
    assert str(failure) == "config.py, line 3: the model's own code ends the engine's process by exit(3)"


@pytest.mark.parametrize("library", ["site-packages", "dist-packages"])
def test_a_package_that_fails_with_this_model_is_no_retry_either(tmp_path: Path, library: str) -> None:
    text = "import json\ndef run():\n    json.loads('{')\n"
    failure = failure_of(raised_by(tmp_path / library / "mmdet/models/detr.py", text), tmp_path / "model")
    assert (failure.kind, failure.code) == ("input", "model-fails")
    assert str(failure).startswith("mmdet fails with this model: json.decoder.JSONDecodeError")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("components/engine.py", "{}['missing']"),
        ("components/engine.py", "import nowhere_at_all"),
        ("site-packages/mmdet/a.py", "import nowhere_at_all"),
    ],
)
def test_the_engines_own_code_and_its_imports_are_the_engines_fault(tmp_path: Path, place: str, line: str) -> None:
    failure = failure_of(raised_by(tmp_path / place, f"def run():\n    {line}\n"), tmp_path / "model")
    assert (failure.kind, failure.code) == ("bug", "engine-bug")
    assert "report" in failure.hint
