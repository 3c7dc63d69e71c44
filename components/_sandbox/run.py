"""Runs one command with less than this process may: `python -I run.py '{"readable": […], …}' COMMAND…`.

The first process stays as the parent of all that the command leaves behind, and ends it; the second one gives up files
and sockets before it becomes the command. Standard library only: it runs before any foreign byte is read.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import landlock
import seccomp

CHILD_SUBREAPER, DEATH_SIGNAL = 36, 1
# What a program needs to start, and what it asks about the machine.
SYSTEM = (
    *("/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/nix"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/alternatives"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/os-release", "/etc/mime.types"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm", "/proc/filesystems"),
    *("/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm"),
)
GPU_FILES = ("/proc/driver/nvidia", "/proc/devices", "/sys/module", "/sys/bus/pci", "/sys/devices", "/sys/class/drm")
PATIENCE_S = 5.0

libc = ctypes.CDLL(None, use_errno=True)


def main() -> int:
    """The exit code of the command, or 128 and the signal that ended it; 97 where something of it cannot be ended."""
    wish, command = json.loads(sys.argv[1]), sys.argv[2:]
    libc.prctl(CHILD_SUBREAPER, 1, 0, 0, 0)
    started = os.fork()
    if started == 0:
        become(wish, command)
    # The runner ends the whole group; this process must outlive the command to end what left the group.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _, status = os.waitpid(started, 0)
    if not end_all():
        print("sandbox: a process that the command left behind cannot be ended", file=sys.stderr)
        return 97
    # As a shell says it: a signal that ended this process itself is another matter.
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def become(wish: dict[str, list[str]], command: list[str]) -> None:
    """Never returns."""
    try:
        libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        readable = [*SYSTEM, f"/proc/{os.getpid()}", *wish["readable"], *(GPU_FILES if wish["devices"] else ())]
        devices = ["/dev/null", *wish["devices"]]
        landlock.restrict(readable, wish["writable"], devices)
        seccomp.refuse_sockets()
        os.execv(command[0], command)
    except OSError as error:
        print(f"sandbox: {error}", file=sys.stderr)
    os._exit(98)


def end_all() -> bool:
    """Orphans become this process's children; False where one of them stays."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for child in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return True
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
