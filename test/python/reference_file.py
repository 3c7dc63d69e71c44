"""Reads safetensors independently of the writer."""

import json
import struct
from pathlib import Path

import numpy as np

#: A place is near a tie where its margin is below this times the noise of the logits.
TIE = 16
DTYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "u1"}


def read_safetensors(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """(tensors, metadata); asserts what the format demands."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    body = data[8 + length :]
    tensors, ends = {}, []
    for name, info in header.items():
        start, end = info["data_offsets"]
        dtype = np.dtype(DTYPES[info["dtype"]])
        assert start % dtype.itemsize == 0, f"{name} is not aligned"
        tensors[name] = np.frombuffer(body[start:end], dtype).reshape(info["shape"])
        ends.append((start, end))
    ends.sort()
    assert [start for start, _ in ends] == [0, *(end for _, end in ends[:-1])], "holes or overlaps"
    assert ends[-1][1] == len(body)
    return tensors, metadata


def sure_pixels(tensors: dict[str, np.ndarray], case: str) -> np.ndarray:
    """Where the classes of a segmentor's map are not as near to a tie as rounding reaches; like the map in shape."""
    return tensors[f"{case}/aux/output.margin"] > TIE * tensors[f"{case}/aux/output.noise"][0]
