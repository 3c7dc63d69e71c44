"""Progress as NDJSON on file descriptor 3; stdout and stderr are the log."""

import json
import os

PROGRESS_FD = 3


class Progress:
    """Silent where nobody listens (a run by hand)."""

    def __init__(self) -> None:
        try:
            # A child that inherits the descriptor would keep the runner waiting after our end.
            os.set_inheritable(PROGRESS_FD, False)
            self._open = True
        except OSError:
            self._open = False

    def report(self, stage: str, done: int, total: int) -> None:
        if not self._open:
            return
        line = json.dumps({"stage": stage, "done": done, "total": total}) + "\n"
        try:
            os.write(PROGRESS_FD, line.encode())
        except OSError:
            self._open = False
