"""What an engine says when it cannot convert: plain data that reaches the user as it is."""

import traceback
from pathlib import Path
from typing import Literal

Kind = Literal["input", "mismatch", "external", "bug"]


class Failure(Exception):
    """A foreseen failure.

    kind: `input`: the user must change something; `mismatch`: a check said no; `external`: the world failed, a retry
    may cure it; `bug`: the engine's own fault.
    message: one line, what and where. hint: what to do next. code: a stable word for tests and machines.
    """

    def __init__(self, kind: Kind, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.code = code
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "code": self.code, "message": str(self), "hint": self.hint}


def last_line(error: BaseException) -> str:
    """`TypeError: what`, in one line."""
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    return " ".join(text.split())[:2000]


def causes_of(error: BaseException) -> list[BaseException]:
    """The exception and what it was raised from or while handling, the last cause last."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden
    return found


def place_in(error: BaseException, folder: Path) -> str | None:
    """`models/net.py, line 9`: the last line of a file in the folder that the exception passed; None without one."""
    resolved = folder.resolve()
    for cause in reversed(causes_of(error)):
        for frame in reversed(traceback.extract_tb(cause.__traceback__)):
            path = Path(frame.filename)
            if path.is_absolute() and path.resolve().is_relative_to(resolved):
                return f"{path.resolve().relative_to(resolved)}, line {frame.lineno}"
    return None
