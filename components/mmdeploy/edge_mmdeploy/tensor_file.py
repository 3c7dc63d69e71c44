"""The two forms of a torch checkpoint, read for their tensors alone: the zip of torch 1.6 on, and the one before it."""

import pickle
import sys
import zipfile
from pathlib import Path
from typing import IO, Any

import torch

from .tensor_unpickler import NotTensorsError, Numbers, TensorUnpickler

MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_VERSION = 1001


def load_tensors(path: Path) -> Any:
    """What torch.save was given, with nothing but tensors and plain data in it, down to the state dictionaries.

    Raises NotTensorsError where the file wants more, and what a damaged file raises otherwise.
    """
    with path.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
        file.seek(0)
        return _unwrapped(_from_zip(file) if is_zip else _from_stream(file, path.stat().st_size), 2)


def _unwrapped(value: Any, levels: int) -> Any:
    """Its tensors themselves; `_metadata` of a state dictionary, which old loaders need, stays."""
    if isinstance(value, Numbers):
        return value.tensor
    if not isinstance(value, dict) or levels == 0:
        return value
    for key in list(value):
        value[key] = _unwrapped(value[key], levels - 1)
    return value


def _from_zip(file: IO[bytes]) -> Any:
    with zipfile.ZipFile(file) as archive:
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise NotTensorsError(f"it has {len(pickles)} parts data.pkl (a TorchScript file, or several in one)")
        folder = pickles[0].removesuffix("data.pkl")
        if f"{folder}constants.pkl" in archive.namelist():
            raise NotTensorsError("it is a TorchScript file, which contains a program")
        _check_entries(archive, file.seek(0, 2))
        known: dict[str, torch.Tensor] = {}

        def storage(pid: Any) -> torch.Tensor:
            key, dtype, count = _storage_id(pid)
            if key not in known:
                data = bytearray(archive.read(f"{folder}data/{key}"))
                known[key] = _numbers(data, dtype, count)
            return known[key]

        with archive.open(pickles[0]) as stream:
            return TensorUnpickler(stream, storage).load()


def _check_entries(archive: zipfile.ZipFile, size: int) -> None:
    """torch stores without compression, so the parts are never larger than the file."""
    entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise NotTensorsError("it is compressed, unlike files written by torch.save")
    if sum(entry.file_size for entry in entries) > size:
        raise NotTensorsError("its parts overlap")


def _from_stream(file: IO[bytes], size: int) -> Any:
    known: dict[str, torch.Tensor] = {}
    left = size

    def storage(pid: Any) -> torch.Tensor:
        nonlocal left
        key, dtype, count = _storage_id(pid)
        if len(pid) > 5 and pid[5] is not None:
            raise NotTensorsError("it contains a view of a storage, as written by torch before 0.4")
        if key not in known:
            left -= count * _bytes_of(dtype)
            if left < 0:
                raise EOFError("some of its values are missing")
            known[key] = torch.empty(count, dtype=dtype)
        return known[key]

    def plain() -> Any:
        return TensorUnpickler(file, storage).load()

    if (plain(), plain()) != (MAGIC, LEGACY_VERSION):
        raise NotTensorsError("it is a pickle that was not written by torch.save")
    plain()
    data = plain()
    for key in plain():
        tensor = known[key]
        count = int.from_bytes(file.read(8), sys.byteorder)
        if count != tensor.numel():
            raise pickle.UnpicklingError(f"storage {key} has {count} numbers, not {tensor.numel()}")
        tensor.copy_(_numbers(bytearray(file.read(count * _bytes_of(tensor.dtype))), tensor.dtype, count))
    return data


def _storage_id(pid: Any) -> tuple[str, torch.dtype, int]:
    kind, dtype, key, _, count = pid[:5]
    if kind != "storage" or not isinstance(dtype, torch.dtype) or not isinstance(count, int) or count < 0:
        raise NotTensorsError(f"it has numbers of an unknown kind, {str(dtype)[:80]}")
    return str(key), dtype, count


def _numbers(data: bytearray, dtype: torch.dtype, count: int) -> torch.Tensor:
    if len(data) != count * _bytes_of(dtype):
        raise EOFError(f"{len(data)} bytes for {count} values of {dtype}")
    return torch.frombuffer(data, dtype=dtype) if count > 0 else torch.empty(0, dtype=dtype)


def _bytes_of(dtype: torch.dtype) -> int:
    return int(torch.empty(0, dtype=dtype).element_size())
