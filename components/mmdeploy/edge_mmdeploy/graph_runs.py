"""Runs of the exported graph at lengths that it was not traced with, beside the source's own."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from edge_engine.references import References

from .arrays import Array, Arrays
from .cases import HEIGHT, STRIDE, WIDTH

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
class Run:
    """One row that the graph is given, and what comes of it."""

    tensor: Array
    outcome: "Future[Arrays]"


@dataclass(frozen=True)
class CaseRun(Run):
    """Of the first row of a case."""

    case: str


@dataclass(frozen=True)
class GraphRuns:
    """traced: of the input that the graph was made with, None where no case has it. sizes: of cases of other sizes.

    beyond: of rows that are a step longer than all cases, along one axis each.
    """

    graph: Graph
    traced: CaseRun | None
    sizes: list[CaseRun]
    beyond: list[Run]


@contextmanager
def graph_runs(path: Path, references: References, name: str, traced: Array, free: set[int]) -> Iterator[GraphRuns]:
    """Begins the runs, which do not hold this thread up: ONNX Runtime computes outside of Python's lock.

    path: of the exported file. name: of its input. traced: the input that it was made with, [1, channels, h, w].
    free: axes that it calls free. Ends the runs that have not begun when the context does.
    """
    graph = _open_graph(path, name)
    pool = ThreadPoolExecutor(max_workers=1)
    sizes = free & set(SIZE)
    try:
        home = _case_of(references, name, traced)
        if home is None:
            yield GraphRuns(graph, None, [], [])
            return
        runs = GraphRuns(graph, CaseRun(traced, pool.submit(graph.run, traced), home), [], [])
        if sizes:
            others = _other_sizes(references, name, traced)
            runs.sizes.extend(CaseRun(row, pool.submit(graph.run, row), case) for case, row in others)
            runs.beyond.extend(Run(row, pool.submit(graph.run, row)) for row in _beyond(references, name, sizes))
        yield runs
    finally:
        pool.shutdown(cancel_futures=True)


def _open_graph(path: Path, input_name: str) -> Graph:
    """Without the messages of ONNX Runtime: a length that fails is what is looked for.

    It takes the threads that torch has, and they sleep while they have nothing to do.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return Graph(onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]), input_name)


def _case_of(references: References, name: str, traced: Array) -> str | None:
    """The case that the graph was traced with."""
    for case in _usual(references):
        if np.array_equal(references.array(case, "in", name), traced):
            return case
    return None


def _other_sizes(references: References, name: str, traced: Array) -> Iterator[tuple[str, Array]]:
    """The first row of the first case of each size."""
    known = {traced.shape[2:]}
    for case in _usual(references):
        tensor = references.array(case, "in", name)[:1]
        if tensor.shape[2:] not in known:
            known.add(tensor.shape[2:])
            yield case, tensor


def _beyond(references: References, name: str, sizes: set[int]) -> Iterator[Array]:
    tensors = [references.array(case, "in", name)[:1] for case in _usual(references)]
    for axis in sorted(sizes):
        smallest = min(tensors, key=lambda tensor: tensor.size)
        longer = max(tensor.shape[axis] for tensor in tensors) + STRIDE
        yield _lengthened(smallest, axis, longer)


def _lengthened(tensor: Array, axis: int, length: int) -> Array:
    """Its own lines again, until it is long enough."""
    return tensor.take(np.arange(length) % tensor.shape[axis], axis)


def _usual(references: References) -> list[str]:
    return [case for case, kind in references.kinds.items() if kind in ("real", "random")]
