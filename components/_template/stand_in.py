"""Stands in for a framework, so that a new engine works before it has one: replace this file by yours."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

CODES = {"float32": "f", "float64": "d"}


class Table:
    """Rows of numbers with what References wants of an array; NumPy's arrays have it too."""

    def __init__(self, dtype: str, rows: list[list[float]]) -> None:
        self.rows = [[rounded(value, dtype) for value in row] for row in rows]
        self.shape = (len(rows), len(rows[0]))
        self.dtype = SimpleNamespace(name=dtype, itemsize=struct.calcsize(CODES[dtype]))
        self.nbytes = self.shape[0] * self.shape[1] * self.dtype.itemsize

    def tobytes(self) -> bytes:
        code = f"<{self.shape[1]}{CODES[self.dtype.name]}"
        return b"".join(struct.pack(code, *row) for row in self.rows)


@dataclass
class Linear:
    """The source model, y = w * x + b in each channel."""

    w: list[float]
    b: list[float]

    def run(self, given: Table, dtype: str) -> Table:
        """Every step is rounded to the dtype, as the framework's own kernels do."""
        w, b = ([rounded(value, "float32") for value in values] for values in (self.w, self.b))
        return Table(
            dtype,
            [[rounded(x * factor, dtype) + add for x, factor, add in zip(row, w, b)] for row in given.rows],
        )


def rounded(value: float, dtype: str) -> float:
    (result,) = struct.unpack(f"<{CODES[dtype]}", struct.pack(f"<{CODES[dtype]}", value))
    return float(result)


def write_onnx(model: Linear, path: Path, opset: int, metadata: Mapping[str, str]) -> None:
    """The protobuf by hand: field numbers are those of onnx.proto3. An exporter's file ends in `finish_onnx`."""
    graph = b"".join(
        [
            block(1, node("Mul", ["input", "w"], "scaled")),
            block(1, node("Add", ["scaled", "b"], "output")),
            block(2, b"linear"),
            block(5, tensor("w", model.w)),
            block(5, tensor("b", model.b)),
            block(11, port("input", len(model.w))),
            block(12, port("output", len(model.w))),
        ]
    )
    properties = [block(14, text(1, key) + text(2, value)) for key, value in sorted(metadata.items())]
    path.write_bytes(b"".join([number(1, 7), block(7, graph), block(8, number(2, opset)), *properties]))


def node(op: str, inputs: list[str], output: str) -> bytes:
    return b"".join(text(1, name) for name in inputs) + text(2, output) + text(3, op.lower()) + text(4, op)


def tensor(name: str, values: list[float]) -> bytes:
    data = struct.pack(f"<{len(values)}f", *values)
    return number(1, len(values)) + number(2, 1) + text(8, name) + block(9, data)


def port(name: str, channels: int) -> bytes:
    shape = block(1, text(2, "batch")) + block(1, number(1, channels))
    return text(1, name) + block(2, block(1, number(1, 1) + block(2, shape)))


def text(field: int, value: str) -> bytes:
    return block(field, value.encode())


def block(field: int, payload: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
