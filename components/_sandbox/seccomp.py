"""A seccomp filter that lets a process open no socket: neither TCP nor UDP, nor one of another process on this machine.

Landlock knows TCP from version 4 on, and nothing else of the network. `socketpair` stays: it reaches nobody else.
"""

import ctypes
import os
import platform
import struct

SET_SECCOMP, FILTER_MODE = 22, 2
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE = 0x00050000 | 13  # EACCES
NOT_THERE = 0x00050000 | 38  # ENOSYS
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, ARCHITECTURE_AT = 0, 4
X32 = 0x40000000
IO_URING_SETUP = 425

# Of each machine: its audit number, and the number of `socket`.
MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}

libc = ctypes.CDLL(None, use_errno=True)


class Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_sockets() -> None:
    """For this process and all that it starts. Raises OSError where the kernel, or a filter before ours, refuses."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(f"no filter for {platform.machine()}")
    code = _filter(*machine)
    program = Program(len(code) // 8, code)
    if libc.prctl(SET_SECCOMP, FILTER_MODE, ctypes.byref(program), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _filter(architecture: int, socket: int) -> bytes:
    """Calls in another machine's numbering (32 bit, x32) would slip through, and io_uring opens sockets by itself."""
    return b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (LOAD, 0, 0, ARCHITECTURE_AT),
            (JUMP_EQUAL, 1, 0, architecture),
            (RETURN, 0, 0, KILL),
            (LOAD, 0, 0, NUMBER_AT),
            (JUMP_AT_LEAST, 4, 0, X32),
            (JUMP_EQUAL, 2, 0, socket),
            (JUMP_EQUAL, 2, 0, IO_URING_SETUP),
            (RETURN, 0, 0, ALLOW),
            (RETURN, 0, 0, REFUSE),
            (RETURN, 0, 0, NOT_THERE),
        )
    )
