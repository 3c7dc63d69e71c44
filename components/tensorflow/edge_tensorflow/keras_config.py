"""A Keras model's configuration, read as data: which of its parts are code, before any of it is loaded."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py

from edge_engine.failure import Failure, last_line

from .checkpoint import Checkpoint

#: Layers that run what a file says: Python's byte code, or another model's graph.
CODE = frozenset({"Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})
#: Modules of Keras that hold no layers, but functions that reach files and the network.
NO_PARTS = ("keras.utils", "keras.src.utils", "keras.saving", "keras.src.saving", "keras.export", "keras.src.export")
#: Marks of values, not of classes.
VALUES = frozenset(
    {"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "DTypePolicy"}
)
LARGEST = 64 << 20


@dataclass(frozen=True)
class Part:
    """A class or a function that a configuration names. module: None in files of Keras 2."""

    name: str
    module: str | None
    registered: str | None
    #: Of a Lambda layer, a file's path, …: why it is code. None where it is not.
    code: str | None


def read_config(checkpoint: Checkpoint) -> dict[str, Any]:
    """`Failure` for a file that cannot be read, or that has weights alone."""
    try:
        text = _zipped(checkpoint) if checkpoint.form == "keras" else _attribute(checkpoint)
        config = json.loads(text)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"{checkpoint.shown} cannot be read: {last_line(error)[:300]}"
        hint = "It may be truncated: save the model again with model.save('model.keras')."
        raise Failure("input", "checkpoint-unreadable", message, hint) from error
    if not isinstance(config, dict):
        message = f"{checkpoint.shown} has a configuration that is not a mapping"
        raise Failure("input", "checkpoint-unreadable", message, "Save the model again.")
    return config


def _zipped(checkpoint: Checkpoint) -> bytes:
    with zipfile.ZipFile(checkpoint.path) as file:
        entry = file.getinfo("config.json")
        if entry.file_size > LARGEST:
            raise ValueError(f"its configuration has {entry.file_size} bytes")
        return file.read(entry)


def _attribute(checkpoint: Checkpoint) -> bytes | str:
    with h5py.File(checkpoint.path, "r") as file:
        found: bytes | str | None = file.attrs.get("model_config")
    if found is None:
        hint = "Save the whole model with model.save('model.keras'), not model.save_weights(…)."
        raise Failure("input", "weights-only", f"{checkpoint.shown} holds weights, and no network", hint)
    return found


def parts_of(config: Any) -> Iterator[Part]:
    """All classes and functions that the configuration names, at any depth."""
    stack = [config]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, dict):
            stack.extend(value.values())
            if isinstance(value.get("class_name"), str):
                yield _part(value)


def _part(value: dict[str, Any]) -> Part:
    name, module, config = value["class_name"], value.get("module"), value.get("config")
    registered = value.get("registered_name")
    if name == "function" and isinstance(config, str):
        name = config
    code = None
    if name in CODE:
        code = "runs code that lies in the file" if name in ("Lambda", "__lambda__") else "runs another model's file"
    elif isinstance(module, str) and module.startswith(NO_PARTS):
        code = f"is a function of {module}, not a part of a network"
    elif isinstance(config, dict) and isinstance(config.get("vocabulary"), str):
        code = f"reads the file {config['vocabulary']}"
    return Part(str(name), module if isinstance(module, str) else None, registered, code)


def is_own(part: Part) -> bool:
    """Whether it is one of Keras's own, by the module that the file says."""
    if part.name in VALUES:
        return True
    return part.module is not None and (part.module in ("keras", "builtins") or part.module.startswith("keras."))
