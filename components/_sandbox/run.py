"""Runs one command with less than this process may: `python -I run.py '{"readable": […], …}' COMMAND…`.

The first process stays as the parent of all that the command leaves behind, and ends it; the second one gives up files
and sockets before it becomes the command. Standard library only: it runs before any foreign byte is read.
"""

import contextlib
import ctypes
import json
import os
import signal
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import landlock
import seccomp

CHILD_SUBREAPER, DEATH_SIGNAL = 36, 1
# What a program needs to start, and what it asks about the machine; the runner reads it, too.
PATHS: dict[str, list[str]] = json.loads((Path(__file__).parent / "system.json").read_text())
CAPABILITY_VERSION = 0x20080522
# Rights to pass by the modes of files, which say nothing of other rights: Landlock has closed what is not given.
KEPT_CAPABILITIES = 1 << 1 | 1 << 2
PATIENCE_S = 5.0
# Less than the runner waits before it kills.
GRACE_S = 0.5

libc = ctypes.CDLL(None, use_errno=True)


def main() -> int:
    """The exit code of the command, or 128 and the signal that ended it; 97 where something of it cannot be ended."""
    wish, command = json.loads(sys.argv[1]), sys.argv[2:]
    libc.prctl(CHILD_SUBREAPER, 1, 0, 0, 0)
    started = os.fork()
    if started == 0:
        become(wish, command)
    # The runner asks the whole group to end, and kills it soon after: what left the group must be gone by then.
    signal.signal(signal.SIGTERM, stop)
    try:
        _, status = os.waitpid(started, 0)
    except Stopped:
        status = ended_in_time(started)
    if not end_all():
        print("sandbox: a process that the command left behind cannot be ended", file=sys.stderr)
        return 97
    # As a shell says it: a signal that ended this process itself is another matter.
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


class Stopped(Exception):
    """The runner wants it to end."""


def stop(*_: object) -> None:
    """Once; while the rest is ended, nothing disturbs it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def ended_in_time(started: int) -> int:
    """The status of the command, which was asked to end, too; as if it had been killed where it does not."""
    until = time.monotonic() + GRACE_S
    while time.monotonic() < until:
        number, status = os.waitpid(started, os.WNOHANG)
        if number == started:
            return status
        time.sleep(0.01)
    return int(signal.SIGKILL)


def become(wish: dict[str, list[str]], command: list[str]) -> None:
    """Never returns."""
    try:
        libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        gpu = PATHS["gpu"] if wish["devices"] else []
        readable = [*PATHS["system"], f"/proc/{os.getpid()}", *wish["readable"], *gpu]
        devices = ["/dev/null", *wish["devices"]]
        landlock.restrict(readable, wish["writable"], devices)
        seccomp.refuse_sockets()
        drop_capabilities()
        os.execv(command[0], command)
    except OSError as error:
        print(f"sandbox: {error}", file=sys.stderr)
    os._exit(98)


def drop_capabilities() -> None:
    """Root keeps no right but to read its own job's files; who has none loses none. `no_new_privs` keeps it so."""
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    held = ctypes.create_string_buffer(24)
    if libc.capget(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    # Effective, permitted and inheritable of the first 32, then of the rest.
    words = struct.unpack("6I", held.raw)
    kept = [word & KEPT_CAPABILITIES if index < 2 else 0 for index, word in enumerate(words)]
    if libc.capset(header, struct.pack("6I", *kept)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def end_all() -> bool:
    """Orphans become this process's children; False where one of them stays."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        # Most often there is none, and nobody needs to look for it.
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return True
        for child in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.005)
    return False


def children() -> list[int]:
    """Of this process; its orphans too."""
    me = str(os.getpid())
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in brackets may hold anything; the parent is the second word after it.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if fields[1] == me:
                    found.append(int(folder.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
