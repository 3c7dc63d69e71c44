"""Whose fault an exception is that nobody foresaw: the machine's, the model's or the engine's.

What happens again on every try is never the machine's: it would be retried for nothing.
"""

import errno
import socket
import sysconfig
import traceback
import urllib.error
from pathlib import Path

from .failure import Failure, causes_of, last_line, place_in

MACHINE = {
    errno.ENOSPC: (
        "disk-full",
        "the disk is full",
        "Free space on the runner's disk, or use a runner with a larger disk.",
    ),
    errno.EDQUOT: ("disk-full", "the disk quota is used up", "Free space, or raise the quota."),
    errno.ENOMEM: ("out-of-memory", "the engine ran out of memory", "Use a runner with more memory."),
    errno.EMFILE: ("open-files", "too many files are open", "Raise the runner's limit of open files (ulimit -n)."),
    errno.ENFILE: ("open-files", "too many files are open", "Raise the machine's limit of open files."),
    errno.EIO: ("disk-error", "the disk does not respond", "Try another runner."),
}
NO_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory", "std::bad_alloc")
NO_GPU = ("No CUDA GPUs are available", "Found no NVIDIA driver", "not compiled with CUDA enabled")
NETWORK = (ConnectionError, TimeoutError, urllib.error.URLError)
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib")).resolve()
PACKAGES = ("site-packages", "dist-packages")
SEE_LOG = "The engine's log has the full traceback."


def failure_of(error: BaseException, folder: Path) -> Failure:
    """The failure that stands for any exception. folder: the model's, whose code may be at fault.

    The traceback belongs into the log, never into the message.
    """
    machine = _machine(error)
    if machine is not None:
        return machine
    if isinstance(error, Failure):
        return error
    if isinstance(error, SystemExit):
        place = place_in(error, folder)
        message = f"the model's own code ends the engine's process by exit({error.code})"
        hint = "Remove exit() from the model's Python files."
        return Failure("input", "engine-exit", f"{place}: {message}" if place else message, hint)
    place = place_in(error, folder)
    if place is not None:
        hint = f"Correct that line. {SEE_LOG}"
        return Failure("input", "model-code", f"{place}: {last_line(error)}", hint)
    package = package_of(error)
    if package is not None and not isinstance(error, ImportError):
        message = f"{package} fails with this model: {last_line(error)}"
        return Failure("input", "model-fails", message, f"Change the model's configuration. {SEE_LOG}")
    hint = f"This is a bug in the engine, not in the model: report it with the log. {SEE_LOG}"
    return Failure("bug", "engine-bug", last_line(error), hint)


def _machine(error: BaseException) -> Failure | None:
    """What a retry on this or another machine may cure, wherever in the chain of causes it is."""
    for cause in causes_of(error):
        if isinstance(cause, Failure):
            continue
        known = MACHINE.get(cause.errno or 0) if isinstance(cause, OSError) else None
        if known is not None:
            return Failure("external", *known)
        text = str(cause)
        if isinstance(cause, MemoryError) or any(words in text.lower() for words in NO_MEMORY):
            return Failure("external", *MACHINE[errno.ENOMEM])
        if any(words in text for words in NO_GPU):
            message = f"a GPU was requested, but there is none: {last_line(cause)}"
            return Failure("external", "device-unavailable", message, "Use a runner with a GPU.")
        if isinstance(cause, KeyboardInterrupt):
            return Failure("external", "interrupted", "the engine was interrupted", "Run it again.")
        if isinstance(cause, NETWORK):
            return _no_network(cause)
    return None


def _no_network(error: BaseException) -> Failure:
    """Where the engine is kept from the network, no retry brings it."""
    refused = isinstance(getattr(error, "reason", error), PermissionError)
    if refused or all(name == "lo" for _, name in socket.if_nameindex()):
        message = f"the model's code tries to use the network, which is blocked for the engine: {last_line(error)}"
        hint = "Remove the download from the configuration: the checkpoint has all weights."
        return Failure("input", "network-used", message, hint)
    return Failure("external", "network", f"the network does not respond: {last_line(error)}", "Run it again.")


def package_of(error: BaseException) -> str | None:
    """The installed package whose line raised it, past Python's own library; None where that line is the engine's."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        parts = path.parts
        inside = next((parts.index(name) for name in PACKAGES if name in parts), None)
        if inside is not None and inside + 1 < len(parts):
            return parts[inside + 1].removesuffix(".py")
        if path.is_absolute() and not path.resolve().is_relative_to(STANDARD_LIBRARY):
            return None
    return None
