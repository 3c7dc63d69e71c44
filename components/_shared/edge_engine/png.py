"""A PNG of 8-bit RGB pixels with the standard library: the same pixels give the same bytes."""

import struct
import zlib
from typing import Any

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_bytes(pixels: Any) -> bytes:
    """pixels: uint8 array [height, width, 3], RGB."""
    height, width, channels = pixels.shape
    if channels != 3 or pixels.dtype.name != "uint8":
        raise ValueError(f"expected uint8 [h, w, 3], got {pixels.dtype.name} {list(pixels.shape)}")
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
