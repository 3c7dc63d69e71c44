"""Which of TensorFlow's forms a model folder holds, by its first bytes as well as by its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge_engine.failure import Failure
from edge_engine.request import Request

Form = Literal["keras", "h5", "saved-model", "tflite", "graph"]

SUFFIXES: dict[str, Form] = {".keras": "keras", ".h5": "h5", ".hdf5": "h5", ".tflite": "tflite", ".pb": "graph"}
SAVED_MODEL = "saved_model.pb"
#: Place and bytes that a file of the form must have; the protobufs have none.
MAGIC: dict[Form, tuple[int, bytes]] = {"keras": (0, b"PK\x03\x04"), "h5": (0, b"\x89HDF"), "tflite": (4, b"TFL3")}
BEGINNINGS = {
    b"version https://git-lfs": "a Git LFS pointer, not the file: run `git lfs pull` before the upload",
    b"<": "a web page, not a model: download it again",
}
SAYS: dict[Form, str] = {
    "keras": "a Keras file (.keras)",
    "h5": "an HDF5 file (.h5)",
    "saved-model": "a SavedModel",
    "tflite": "a TFLite file",
    "graph": "a frozen GraphDef (.pb)",
}


@dataclass(frozen=True)
class Checkpoint:
    """path: of a SavedModel its folder, else the file. shown: the path below the model's folder."""

    form: Form
    path: Path
    shown: str


def find_checkpoint(request: Request) -> Checkpoint:
    """`Failure` for a file that is empty, a pointer, a web page, or of another form than its name says."""
    path = request.file("checkpoint")
    shown = path.relative_to(request.folder).as_posix() if path.is_relative_to(request.folder) else path.name
    is_saved_model = path.name == SAVED_MODEL
    form: Form = "saved-model" if is_saved_model else SUFFIXES.get(path.suffix.lower(), "graph")
    with path.open("rb") as file:
        begin = file.read(64)
    if not begin:
        raise Failure("input", "checkpoint-unreadable", f"{shown} is empty", "Upload the model's own file.")
    for start, said in BEGINNINGS.items():
        if begin.startswith(start):
            raise Failure("input", "checkpoint-form", f"{shown} is {said}", "Upload the model's own file.")
    _check_magic(form, begin, shown)
    return Checkpoint(form, path.parent if is_saved_model else path, shown)


def _check_magic(form: Form, begin: bytes, shown: str) -> None:
    def has(entry: Form) -> bool:
        start, magic = MAGIC[entry]
        return begin[start : start + len(magic)] == magic

    other = next((entry for entry in MAGIC if entry != form and has(entry)), None)
    if other is not None or (form in MAGIC and not has(form)):
        found = SAYS[other] if other else "something else"
        hint = "Save the model again, in the form that its name says: model.save('model.keras')."
        raise Failure("input", "checkpoint-form", f"{shown} is not {SAYS[form]}, it is {found}", hint)
