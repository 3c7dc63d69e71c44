"""Writes safetensors: 8 bytes length, JSON header, data. No dependency; arrays are NumPy-like."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DTYPES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
}
ALIGNMENT = 8


def write_safetensors(path: Path, tensors: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
    """The same tensors give the same bytes. Header keys are sorted; wide types come first: every tensor is aligned."""
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    end = 0
    for name in order:
        array = tensors[name]
        if array.dtype.name not in DTYPES:
            raise TypeError(f"{name}: safetensors has no dtype {array.dtype.name}")
        start, end = end, end + array.nbytes
        header[name] = {"dtype": DTYPES[array.dtype.name], "shape": list(array.shape), "data_offsets": [start, end]}
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            array = tensors[name]
            # tobytes() is C order whatever the strides are; big-endian machines are not supported.
            file.write(array.tobytes())
