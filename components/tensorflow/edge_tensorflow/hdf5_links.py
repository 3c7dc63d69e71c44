"""HDF5 files that reach other files: an external link or external storage brings any file of the machine in."""

import io
import zipfile
from typing import Any

import h5py

from edge_engine.failure import Failure

from .checkpoint import Checkpoint


def refuse_links(checkpoint: Checkpoint) -> None:
    """`Failure` where weights of the file would be read from elsewhere."""
    if checkpoint.form == "h5":
        with h5py.File(checkpoint.path, "r") as file:
            _refuse(file, checkpoint.shown)
        return
    with zipfile.ZipFile(checkpoint.path) as archive:
        for name in archive.namelist():
            if name.endswith(".h5"):
                with archive.open(name) as member, h5py.File(io.BytesIO(member.read()), "r") as file:
                    _refuse(file, f"{checkpoint.shown}/{name}")


def _refuse(file: Any, shown: str) -> None:
    groups = [file]
    seen = set()
    while groups:
        group = groups.pop()
        for name in group:
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                raise _failure(shown, f"{group.name}/{name} lies in {link.filename}")
            entry = group.get(name)
            if isinstance(entry, h5py.Group) and entry.id not in seen:
                seen.add(entry.id)
                groups.append(entry)
            if isinstance(entry, h5py.Dataset) and (entry.external or entry.is_virtual):
                raise _failure(shown, f"{entry.name} lies in another file")


def _failure(shown: str, said: str) -> Failure:
    hint = "Save the model with Keras: it writes all weights into the file."
    return Failure("input", "file-outside", f"{shown} reads files outside of itself: {said}", hint)
