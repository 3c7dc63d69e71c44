"""What a checkpoint is, by its bytes and never by its name; nothing is unpickled."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from edge_engine.failure import Failure

#: `pickle`: what torch.save wrote, a state_dict or a whole module. `exported`: torch.export.
Form = Literal["safetensors", "torchscript", "exported", "pickle"]

#: First bytes, what they are of, and what to do.
SIGNATURES: Sequence[tuple[bytes, str, str]] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file", "Run `git lfs pull` before the upload."),
    (b"\x1f\x8b", "a file that gzip packed", "Unpack it before it is uploaded."),
    (b"\x89HDF", "an HDF5 file, as Keras writes it", "Use the engine for TensorFlow."),
    (b"GGUF", "a GGUF file of quantised weights", "Upload the weights that it was made of."),
    (b"<", "a web page, not a model", "Download the file itself, and upload that."),
)
ONNX_NEXT = "Upload the model that it was exported from: an exported graph has no source to be compared with."
#: What torch.save wrote before it wrote zip archives, as pickle begins.
OLD_PICKLE = b"\x80"
LONGEST_HEADER = 100 << 20


def form_of(path: Path) -> Form:
    """`Failure` (`checkpoint-form`, `checkpoint-unreadable`) where it is nothing that this engine takes."""
    with path.open("rb") as file:
        head = file.read(64)
    for start, kind, step in SIGNATURES:
        if head.startswith(start):
            raise _not_a_model(path, kind, step)
    if head.startswith(b"PK\x03\x04"):
        return _form_of_zip(path)
    if head.startswith(OLD_PICKLE):
        return "pickle"
    if len(head) > 9 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") < LONGEST_HEADER:
        return "safetensors"
    if head[:1] == b"\x08" and head[2:3] in (b"\x12", b"\x1a", b":", b"B"):
        raise _not_a_model(path, "an ONNX model", ONNX_NEXT)
    if head == b"":
        raise _unreadable(path, "it is empty")
    raise _unreadable(path, "it is neither a zip archive, nor a pickle, nor a safetensors file")


def _form_of_zip(path: Path) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(path, f"its zip archive is truncated or damaged ({error})") from error
    inside = [name.partition("/")[2] for name in names]
    if any(name.startswith("code/") for name in inside):
        return "torchscript"
    if "archive_format" in inside or any(name.endswith("serialized_exported_program.json") for name in names):
        return "exported"
    if "data.pkl" in inside:
        return "pickle"
    if "schema.json" in names:
        raise _not_a_model(path, "a skops file of scikit-learn", "Use the engine for scikit-learn.")
    if any(name.endswith(".keras") or name == "config.json" for name in names):
        raise _not_a_model(path, "a Keras model", "Use the engine for TensorFlow.")
    held = ", ".join(names[:3]) or "nothing"
    raise _not_a_model(path, f"a zip archive that torch did not write (it holds {held})", "Unpack it.")


def _not_a_model(path: Path, kind: str, step: str) -> Failure:
    return Failure("input", "checkpoint-form", f"{path.name} is {kind}", step)


def _unreadable(path: Path, why: str) -> Failure:
    hint = "It may be truncated: save the model again, and upload it whole."
    return Failure("input", "checkpoint-unreadable", f"{path.name} cannot be read: {why}", hint)
