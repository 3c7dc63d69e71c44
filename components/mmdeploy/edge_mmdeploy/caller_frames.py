"""MMDeploy asks `inspect.stack` who called it, in each rewritten function: that reads the source of every caller."""

import functools
import inspect
import sys
from typing import Any

#: The packages that read no more of a frame than its globals and the name of its function.
QUICK = "mmdeploy."


@functools.cache
def without_source_lines() -> None:
    """From now on MMDeploy gets the frames without their source lines; any other caller gets what it asks for.

    For a two-stage detector the lines took a third of the engine's time: at each call Python looks through all
    modules for each frame.
    """

    def stack(context: int = 1) -> list[Any]:
        # Not among the frames itself, as that would keep all of them, and what they hold, alive.
        caller = sys._getframe(1)
        quick = str(caller.f_globals.get("__name__", "")).startswith(QUICK)
        return inspect.getouterframes(caller, 0 if quick else context)

    inspect.stack = stack
