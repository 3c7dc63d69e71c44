import struct
import zlib

import numpy as np
import pytest

from edge_engine.png import png_bytes


def test_the_pixels_come_out_again() -> None:
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    data = png_bytes(pixels)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (3, 2)
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    rows = zlib.decompress(data[start + 4 : start + 4 + length])
    assert rows == b"".join(b"\0" + row.tobytes() for row in pixels)


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        png_bytes(np.zeros((2, 2, 1), np.uint8))
