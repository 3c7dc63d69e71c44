"""Reads a checkpoint file, and proves that it is whole before torch believes it: torch checks no CRC."""

import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from edge_engine.failure import Failure, last_line

from .file_kinds import kind_of, kind_of_zip
from .tensor_file import load_tensors
from .tensor_kinds import check_kinds
from .tensor_unpickler import Inert, NotTensorsError

AGAIN = "Upload it again, and compare its size and checksum with the original file."
TRAINED = "Upload the checkpoint that training wrote (epoch_N.pth): a dictionary with `state_dict`."
EMA_ONLY = "It contains averaged weights: set the option `weights: ema_state_dict`."
ZIP_START, PICKLE_START = b"PK\x03\x04", b"\x80"


@dataclass(frozen=True)
class Checkpoint:
    file: str
    state: dict[str, torch.Tensor]
    #: torch's version numbers by module: loaders of old checkpoints need them.
    versions: Any
    #: Which weights they are, for people.
    weights: str
    classes: list[str] | None
    #: True where the file holds a second set of weights, made by an EMA hook.
    has_ema: bool


def read_checkpoint(path: Path, weights: str, only_tensors: bool = False) -> Checkpoint:
    """weights: `state_dict` or `ema_state_dict`. Runs code of whoever made the file, but for `only_tensors`."""
    check_file(path)
    data = _load_tensors(path) if only_tensors else _load(path)
    if not isinstance(data, Mapping):
        raise _no_weights(path.name, f"contains a {type(data).__name__}, not weights")
    state = data.get("state_dict", data if weights == "state_dict" else None)
    has_ema = isinstance(data.get("ema_state_dict"), Mapping)
    if weights == "ema_state_dict":
        if not has_ema:
            hint = "Remove `weights: ema_state_dict` from the options."
            raise Failure("input", "checkpoint-without-ema", f"{path.name} contains no ema_state_dict", hint)
        state = {key: value for key, value in data["ema_state_dict"].items() if key != "steps"}
    if not isinstance(state, Mapping):
        raise _no_weights(path.name, f"has a state_dict that is a {type(state).__name__}, not weights")
    inert = [str(key) for key, value in state.items() if isinstance(value, Inert)]
    if only_tensors and inert:
        raise _not_tensors(path.name, f"{', '.join(inert[:3])} among its weights is not a tensor")
    tensors = {key.removeprefix("module."): value for key, value in state.items() if torch.is_tensor(value)}
    if not tensors:
        keys = ", ".join(str(key) for key in list(data)[:5]) or "nothing"
        raise _no_weights(
            path.name, f"contains no tensors (its keys: {keys})", EMA_ONLY if has_ema else _elsewhere(data)
        )
    check_kinds(path.name, tensors)
    _check_finite(path.name, tensors)
    which = {"state_dict": "EMA weights (state_dict)" if has_ema else "state_dict", "ema_state_dict": "ema_state_dict"}
    meta = data.get("meta")
    return Checkpoint(
        path.name,
        tensors,
        getattr(state, "_metadata", None),
        which[weights],
        _classes(meta if isinstance(meta, Mapping) else {}),
        has_ema,
    )


def check_file(path: Path) -> None:
    """Empty, cut off, damaged or no checkpoint at all: a failure in plain words."""
    size = path.stat().st_size
    if size == 0:
        raise Failure("input", "checkpoint-empty", f"{path.name} is empty (0 bytes)", AGAIN)
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(b"version https://git-lfs"):
        hint = "Run `git lfs pull` in the clone that it was uploaded from, then upload the real file."
        raise Failure("input", "checkpoint-lfs-pointer", f"{path.name} is a Git LFS pointer, not the checkpoint", hint)
    if head.startswith(ZIP_START):
        _check_zip(path, size)
        return
    known = kind_of(head)
    if known is not None:
        raise _no_checkpoint(path.name, f"it is {known[0]}", known[1])
    if not head.startswith(PICKLE_START):
        raise _no_checkpoint(path.name, "it was not written by torch.save", AGAIN)


def _check_zip(path: Path, size: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            other = kind_of_zip(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        if "CRC" in str(error):
            raise _damaged(path.name, str(error)) from error
        message = f"{path.name} is truncated: it ends after {size} bytes"
        raise Failure("input", "checkpoint-truncated", message, AGAIN) from error
    if damaged is not None:
        raise _damaged(path.name, damaged)
    if other is not None:
        raise _no_checkpoint(path.name, f"it is {other[0]}", other[1])


def _no_checkpoint(name: str, why: str, step: str) -> Failure:
    return Failure("input", "checkpoint-not-torch", f"{name} is not a checkpoint: {why}", step)


def _damaged(name: str, part: str) -> Failure:
    return Failure("input", "checkpoint-damaged", f"{name} is damaged: the checksum of {part} is wrong", AGAIN)


def _load(path: Path) -> Any:
    try:
        return torch.load(str(path), map_location="cpu")
    except (ModuleNotFoundError, AttributeError) as error:
        hint = "Save it with tensors only: `torch.save({'state_dict': model.state_dict(), 'meta': ...}, 'model.pth')`."
        message = f"{path.name} needs Python code that is not available: {last_line(error)}"
        raise Failure("input", "checkpoint-needs-code", message, hint) from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        message = f"{path.name} cannot be read: {last_line(error)}"
        raise Failure("input", "checkpoint-unreadable", message, AGAIN) from error


def _load_tensors(path: Path) -> Any:
    try:
        return load_tensors(path)
    except NotTensorsError as error:
        raise _not_tensors(path.name, str(error)) from error
    except MemoryError:
        raise
    except Exception as error:  # a pickle's bytes may make it fail in any way
        message = f"{path.name} cannot be read: {last_line(error)}"
        raise Failure("input", "checkpoint-unreadable", message, AGAIN) from error


def _not_tensors(name: str, why: str) -> Failure:
    hint = (
        "With code-from: git a checkpoint must contain only tensors and plain data. Save it again in the "
        "training environment: "
        "`torch.save({'state_dict': model.state_dict(), 'meta': {'dataset_meta': ...}}, 'model.pth')`."
    )
    return Failure("input", "checkpoint-not-tensors", f"{name} was not read: {why}", hint)


def _elsewhere(data: Mapping[Any, Any]) -> str:
    """The step where the weights lie under another key."""
    held = {key: value for key, value in data.items() if isinstance(value, Mapping) and key != "optimizer"}
    found = [key for key, value in held.items() if any(torch.is_tensor(each) for each in value.values())]
    if not found:
        return TRAINED
    return f"Its weights are under {found[0]!r}: save it again with them as `state_dict`."


def _no_weights(name: str, what: str, hint: str = "") -> Failure:
    return Failure("input", "checkpoint-without-weights", f"{name} {what}", hint or TRAINED)


def _check_finite(name: str, tensors: dict[str, torch.Tensor]) -> None:
    for what, is_bad in (("NaN", _has_nan), ("infinite numbers", _has_infinite)):
        bad = [key for key, value in tensors.items() if value.is_floating_point() and is_bad(value)]
        if bad:
            hint = "Training diverged: use an earlier checkpoint."
            message = f"{name} has {what} in {len(bad)} tensor{'s' if len(bad) > 1 else ''}: {', '.join(bad[:3])}"
            raise Failure("input", "checkpoint-not-finite", message, hint)


def _has_nan(value: torch.Tensor) -> bool:
    return bool(torch.isnan(value).any())


def _has_infinite(value: torch.Tensor) -> bool:
    """A mask of attention holds 0 and -infinity alone, and is meant."""
    infinite = torch.isinf(value)
    return bool(infinite.any()) and not bool(((value == 0) | (value == -torch.inf)).all())


def _classes(meta: Mapping[str, Any]) -> list[str] | None:
    dataset = meta.get("dataset_meta")
    found = (dataset.get("classes") or dataset.get("CLASSES")) if isinstance(dataset, Mapping) else meta.get("CLASSES")
    return [str(name) for name in found] if isinstance(found, (list, tuple)) and found else None
