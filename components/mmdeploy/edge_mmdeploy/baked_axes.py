"""Axes that the exported graph calls free and are not: found by running it at other lengths than it was traced with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from edge_engine.failure import last_line
from edge_engine.references import References

from .arrays import Array, Arrays
from .cases import BATCH, HEIGHT, STRIDE, WIDTH
from .same_outputs import Outputs

#: Why an axis of the input has to be fixed, by its number.
Baked = dict[int, str]
SIZE = (HEIGHT, WIDTH)


@dataclass(frozen=True)
class Graph:
    """The exported file, ready to run on the CPU."""

    session: Any
    input: str

    def run(self, tensor: Array) -> Arrays:
        names = [output.name for output in self.session.get_outputs()]
        return dict(zip(names, self.session.run(names, {self.input: np.ascontiguousarray(tensor)})))


@dataclass(frozen=True)
class Row:
    """One row, what the graph gives for it alone, and how noisy the source is there."""

    tensor: Array
    alone: Arrays
    noise: float


def open_graph(path: Path, input_name: str) -> Graph:
    """Without the messages of ONNX Runtime: a length that fails is what is looked for.

    It takes the threads that torch has, and they sleep while they have nothing to do.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return Graph(onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]), input_name)


def baked_axes(graph: Graph, references: References, traced: Array, free: set[int], same: Outputs) -> Baked:
    """traced: the input that the graph was made with, [1, channels, h, w]. free: axes that it calls free.

    Nothing where the graph does not even give the source's outputs for that input: then no length is to blame.
    """
    home = _case_of(references, graph.input, traced)
    if home is None:
        return {}
    alone = graph.run(traced)
    if not same.as_source(alone, references, home):
        return {}
    rows = [Row(traced, alone, same.noise(references, home))]
    sizes = free & set(SIZE)
    resized = _size(graph, references, rows, sizes, same) if sizes else None
    found: Baked = {}
    # Where its size is free, a small input says the same of the batch; one without a box would say nothing.
    known = rows[:1] if resized else sorted(rows, key=lambda row: (not same.show(row.alone), row.tensor.size))
    if BATCH in free and (why := _batch(graph, known[0], same)):
        found[BATCH] = why
    if resized:
        found.update(dict.fromkeys(sizes, resized))
    return found


def _batch(graph: Graph, row: Row, same: Outputs) -> str | None:
    """Two different rows beside each other are what each is alone."""
    mirrored = row.tensor[..., ::-1]
    try:
        together = graph.run(np.concatenate([row.tensor, mirrored]))
    except Exception as error:
        return f"ONNX Runtime fails with a batch of 2: {_short(error)}"
    for place, each in enumerate((row.alone, graph.run(mirrored))):
        if not same.rows_equal(each, together, place, row.noise):
            return "a row gives a different result in a batch of 2 than alone"
    return None


def _size(graph: Graph, references: References, rows: list[Row], free: set[int], same: Outputs) -> str | None:
    """The references of other sizes than those of `rows`, which get theirs, and a step beyond the largest of them."""
    for case in _usual(references):
        tensor = references.array(case, "in", graph.input)
        if any(tensor.shape[2:] == row.tensor.shape[2:] for row in rows):
            continue
        try:
            alone = graph.run(tensor[:1])
        except Exception as error:
            return f"ONNX Runtime fails with {_text(tensor)}: {_short(error)}"
        if not same.as_source(alone, references, case):
            return f"with {_text(tensor)} the graph gives a different result from the source"
        rows.append(Row(tensor[:1], alone, same.noise(references, case)))
    for tensor in _beyond(references, graph.input, free):
        try:
            graph.run(tensor)
        except Exception as error:
            return f"ONNX Runtime fails with {_text(tensor)}: {_short(error)}"
    return None


def _beyond(references: References, input_name: str, free: set[int]) -> Iterator[Array]:
    tensors = [references.array(case, "in", input_name)[:1] for case in _usual(references)]
    smallest = min(tensors, key=lambda tensor: tensor.size)
    for axis in sorted(free):
        longer = max(tensor.shape[axis] for tensor in tensors) + STRIDE
        yield _lengthened(smallest, axis, longer)


def _lengthened(tensor: Array, axis: int, length: int) -> Array:
    """Its own lines again, until it is long enough."""
    return tensor.take(np.arange(length) % tensor.shape[axis], axis)


def _case_of(references: References, input_name: str, traced: Array) -> str | None:
    """The case that the graph was traced with."""
    for case in _usual(references):
        if np.array_equal(references.array(case, "in", input_name), traced):
            return case
    return None


def _usual(references: References) -> list[str]:
    return [case for case, kind in references.kinds.items() if kind in ("real", "random")]


def _text(tensor: Array) -> str:
    return f"{tensor.shape[WIDTH]}x{tensor.shape[HEIGHT]}"


def _short(error: Exception) -> str:
    """The node where ONNX Runtime stops: the rest of its message is about its own source files."""
    text = last_line(error)
    node = re.search(r"Name:'([^']+)'", text)
    return f"in node {node.group(1)}" if node else text.split(" : ")[-1][:160]
