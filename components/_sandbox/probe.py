"""Says in JSON what a process can reach at a level of isolation: `python probe.py '{"secret": PATH, …}'`.

Run by the runner through the very words that an engine is run with, so that a level is what was measured of it.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

TIMEOUT_S = 1.0


def reaches(attempt: Callable[[], object]) -> bool:
    """Whether the attempt gets through."""
    try:
        attempt()
    except OSError:
        return False
    return True


def tcp(port: int) -> None:
    """Connects to a server of the runner."""
    socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S).close()


def udp(port: int) -> None:
    """Sends a datagram to a socket of the runner, which answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(TIMEOUT_S)
        sender.sendto(b"?", ("127.0.0.1", port))
        sender.recv(1)


def main() -> None:
    """Prints what was reached. What it writes is looked at by the runner: a level may show it another file."""
    asked = json.loads(sys.argv[1])
    runner = asked["runner"]
    found = {
        "secret": reaches(Path(asked["secret"]).read_bytes),
        "environment": reaches(Path(f"/proc/{runner}/environ").read_bytes),
        "project": reaches(Path(asked["project"]).read_bytes),
        "signal": reaches(lambda: os.kill(runner, 0)) and reaches(lambda: os.kill(runner, signal.SIGCONT)),
        "tcp": reaches(lambda: tcp(asked["tcp"])),
        "udp": reaches(lambda: udp(asked["udp"])),
    }
    reaches(lambda: Path(asked["project"]).write_text("written"))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
