"""Landlock (Linux 5.13): a process gives up files, and later kernels TCP and signals, with all that it starts.

Needs no root, no capability and no namespace. The numbers are the kernel's own, from `include/uapi/linux/landlock.h`.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
PATH_BENEATH = 1
NO_NEW_PRIVILEGES = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
# What may be allowed for a file that is not a folder.
OF_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

# Rights on files by the version that knows them; TCP from version 4, signals and abstract sockets from version 6.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
NEWEST_FILE_RIGHTS = (1 << 16) - 1
TCP = 3
SCOPES = 3

libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Landlock's version on this kernel; 0 where there is none, or where it is switched off."""
    return max(0, int(libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)))


def restrict(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str]) -> int:
    """Leaves this process only these paths, for good; returns the version. Raises OSError where the kernel refuses."""
    known = version()
    if known < 1:
        raise OSError("no Landlock on this kernel")
    rights = FILE_RIGHTS.get(known, NEWEST_FILE_RIGHTS)
    rules = _ruleset(known, rights)
    for path in readable:
        _allow(rules, path, READ)
    for path in writable:
        _allow(rules, path, rights)
    for path in devices:
        _allow(rules, path, (READ_FILE | WRITE_FILE | IOCTL_DEV) & rights)
    no_new_privileges()
    _check(libc.syscall(RESTRICT_SELF, rules, 0), "restrict")
    os.close(rules)
    return known


def no_new_privileges() -> None:
    """A program that is set-uid gets no rights from now on; Landlock and seccomp ask for this."""
    _check(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")


def _ruleset(known: int, rights: int) -> int:
    words = [rights, *([TCP] if known >= 4 else []), *([SCOPES] if known >= 6 else [])]
    attributes = struct.pack(f"{len(words)}Q", *words)
    return _check(libc.syscall(CREATE_RULESET, attributes, len(attributes), 0), "ruleset")


def _allow(rules: int, path: str, rights: int) -> None:
    """A path that is not there needs no rule."""
    if not Path(path).exists():
        return
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = rights if Path(path).is_dir() else rights & OF_FILE
        rule = struct.pack("=Qi", allowed, folder)
        _check(libc.syscall(ADD_RULE, rules, PATH_BENEATH, rule, 0), f"rule for {path}")
    finally:
        os.close(folder)


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock {what}: {os.strerror(number)}")
    return int(result)
