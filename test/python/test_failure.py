import errno

import pytest

from edge_engine.failure import Failure, failure_of


@pytest.mark.parametrize(
    ("error", "kind", "code", "message"),
    [
        (Failure("mismatch", "checkpoint-mismatch", "no", "do"), "mismatch", "checkpoint-mismatch", "no"),
        (MemoryError(), "external", "out-of-memory", "ran out of memory"),
        (OSError(errno.ENOSPC, "No space left"), "external", "disk-full", "the disk is full"),
        (SystemExit(3), "external", "engine-exit", "exit(3)"),
        (ValueError("line one\nline two"), "external", "engine-error", "ValueError: line one line two"),
    ],
)
def test_any_exception_becomes_one_line(error: BaseException, kind: str, code: str, message: str) -> None:
    failure = failure_of(error)
    assert (failure.kind, failure.code) == (kind, code)
    assert message in str(failure)
    assert "\n" not in str(failure)
    assert failure.hint
