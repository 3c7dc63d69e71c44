"""Work in a copy of this process, beside what this one does: the same model, and neither changes the other's."""

import ctypes
import marshal
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

import torch

from edge_engine.blame import failure_of
from edge_engine.failure import Failure

Result = TypeVar("Result")
#: Of prctl(2): the signal that a process gets when its parent ends.
PARENT_DEATH_SIGNAL = 1


class Beside(Generic[Result]):
    """Work that goes on in a copy of this process."""

    def __init__(self, pid: int, answer: int) -> None:
        self._pid = pid
        self._answer = answer
        self._ended = False

    def check(self) -> None:
        """Raises the work's failure where it is known by now."""
        if self._ended or self._wait(os.WNOHANG):
            self.result()

    def result(self) -> Result:
        """Waits for it. Raises the work's failure."""
        if not self._ended:
            self._wait(0)
        outcome = marshal.loads(os.pread(self._answer, os.fstat(self._answer).st_size, 0))
        if failed := outcome["failed"]:
            raise Failure(**failed)
        result: Result = outcome["result"]
        return result

    def end(self) -> None:
        """Kills it where it still runs."""
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._answer)

    def _wait(self, how: int) -> bool:
        """Whether it has ended. A copy that crashed, or was killed, takes this process along: the runner sees it."""
        pid, status = os.waitpid(self._pid, how)
        self._ended = pid != 0
        if self._ended and (code := os.waitstatus_to_exitcode(status)) != 0:
            if code < 0:
                os.kill(os.getpid(), -code)
            os._exit(abs(code))
        return self._ended


class Done(Generic[Result]):
    """Work that was done at once."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def check(self) -> None:
        """It did not fail."""

    def result(self) -> Result:
        return self._result


def _can_copy() -> bool:
    """Not where torch sees a GPU: CUDA does not survive a fork, and a model's own code may ask for it."""
    return sys.platform == "linux" and torch.get_num_threads() > 1 and not torch.cuda.is_available()


@contextmanager
def beside(work: Callable[[], Result], code: Path) -> Iterator[Beside[Result] | Done[Result]]:
    """Begins the work. Its result is small and plain: numbers, texts, lists, tuples, dictionaries. An object would have
    to be unpickled, which is refused where code comes from Git alone. Any exception of the work becomes a `Failure`.

    code: the folder of the model's own code, which may be at fault. The copy has one thread, because those of OpenMP do
    not outlive a fork. With one thread in any case, and where a process with threads cannot be copied safely, the work
    is done before this yields.
    """
    if not _can_copy():
        yield Done(work())
        return
    answer = os.memfd_create("answer", os.MFD_CLOEXEC)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _work_and_exit(work, code, answer)
    other: Beside[Result] = Beside(pid, answer)
    try:
        yield other
    finally:
        other.end()


def _work_and_exit(work: Callable[[], Result], code: Path, answer: int) -> NoReturn:
    """In the copy."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    torch.set_num_threads(1)
    try:
        outcome = marshal.dumps({"failed": None, "result": work()})
    except BaseException as error:  # also SystemExit of a model's own code
        traceback.print_exc()
        outcome = marshal.dumps({"failed": failure_of(error, code).as_dict()})
    os.pwrite(answer, outcome, 0)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
