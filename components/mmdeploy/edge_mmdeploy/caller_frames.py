"""MMDeploy asks `inspect.stack` who called it, in each rewritten function: that looks for all their sources."""

import functools
import inspect
import sys
from types import FrameType
from typing import Any

#: The packages that read no more of a frame than its globals and the name of its function.
QUICK = "mmdeploy."


@functools.cache
def without_source_lines() -> None:
    """From now on MMDeploy gets the frames without their sources; any other caller gets what it asks for.

    For a two-stage detector the lines of the sources took a third of the engine's time, and for a small one-stage
    detector the names of their files a fifth of the rest: at each call Python looks through all modules, and at the
    disk, for each frame.
    """

    def stack(context: int = 1) -> list[Any]:
        # Not among the frames itself, as that would keep all of them, and what they hold, alive.
        caller = sys._getframe(1)
        if str(caller.f_globals.get("__name__", "")).startswith(QUICK):
            return _names(caller)
        return inspect.getouterframes(caller, context)

    inspect.stack = stack


def _names(caller: FrameType) -> list[inspect.FrameInfo]:
    """Each frame with the name of its function, the file as its code names it, and no lines."""
    frames: list[inspect.FrameInfo] = []
    frame: FrameType | None = caller
    while frame is not None:
        code = frame.f_code
        frames.append(inspect.FrameInfo(frame, code.co_filename, frame.f_lineno, code.co_name, None, None))
        frame = frame.f_back
    return frames
