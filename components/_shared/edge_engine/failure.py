"""What an engine says when it cannot convert: plain data that reaches the user as it is."""

import errno
import traceback
from typing import Literal

Kind = Literal["input", "mismatch", "external"]


class Failure(Exception):
    """A foreseen failure.

    kind: `input`: the user must change something; `mismatch`: a check said no; `external`: the world failed.
    message: one line, what and where. hint: what to do next. code: a stable word for tests and machines.
    """

    def __init__(self, kind: Kind, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.code = code
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "code": self.code, "message": str(self), "hint": self.hint}


def failure_of(error: BaseException) -> Failure:
    """The failure that stands for any exception; the traceback belongs into the log, never into the message."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, MemoryError):
        return Failure("external", "out-of-memory", "the engine ran out of memory", "Use a runner with more memory.")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "Free space on the runner's disk, or give the job a larger one."
        return Failure("external", "disk-full", "the disk is full", hint)
    if isinstance(error, SystemExit):
        hint = "Something in the model's own code ends the process: look for exit() in its Python files."
        return Failure("external", "engine-exit", f"the engine's process was ended by exit({error.code})", hint)
    return Failure("external", "engine-error", last_line(error), "The engine's log has the whole traceback.")


def last_line(error: BaseException) -> str:
    """`TypeError: what`, in one line."""
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    return " ".join(text.split())[:2000]
