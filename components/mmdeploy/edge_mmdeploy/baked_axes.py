"""Axes that the exported graph calls free and are not: found by running it at other lengths than it was traced with."""

import re
from dataclasses import dataclass

import numpy as np

from edge_engine.failure import last_line
from edge_engine.references import References

from .arrays import Array, Arrays
from .cases import BATCH, HEIGHT, WIDTH
from .graph_runs import SIZE, Graph, GraphRuns, Run
from .same_outputs import Outputs

#: Why an axis of the input has to be fixed, by its number.
Baked = dict[int, str]


@dataclass(frozen=True)
class Row:
    """One row, what the graph gives for it alone, and how noisy the source is there."""

    tensor: Array
    alone: Arrays
    noise: float


def baked_axes(runs: GraphRuns, references: References, free: set[int], same: Outputs) -> Baked:
    """free: axes that the graph calls free.

    Nothing where the graph does not even give the source's outputs for the input that it was traced with: then no
    length is to blame.
    """
    home = runs.traced
    if home is None:
        return {}
    alone = home.outcome.result()
    if not same.as_source(alone, references, home.case):
        return {}
    rows = [Row(home.tensor, alone, same.noise(references, home.case))]
    resized = _size(runs, references, rows, same)
    found: Baked = {}
    # Where its size is free, a small input says the same of the batch; one without a box would say nothing.
    known = rows[:1] if resized else sorted(rows, key=lambda row: (not same.show(row.alone), row.tensor.size))
    if BATCH in free and (why := _batch(runs.graph, known[0], same)):
        found[BATCH] = why
    if resized:
        found.update(dict.fromkeys(free & set(SIZE), resized))
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


def _size(runs: GraphRuns, references: References, rows: list[Row], same: Outputs) -> str | None:
    """Why its size is fixed. Adds the rows of other sizes that the graph takes."""
    for run in runs.sizes:
        alone = _outcome(run)
        if isinstance(alone, str):
            return alone
        if not same.as_source(alone, references, run.case):
            return f"with {_text(run.tensor)} the graph gives a different result from the source"
        rows.append(Row(run.tensor, alone, same.noise(references, run.case)))
    failed = (outcome for outcome in map(_outcome, runs.beyond) if isinstance(outcome, str))
    return next(failed, None)


def _outcome(run: Run) -> Arrays | str:
    """What the graph gives, or how it fails."""
    try:
        return run.outcome.result()
    except Exception as error:
        return f"ONNX Runtime fails with {_text(run.tensor)}: {_short(error)}"


def _text(tensor: Array) -> str:
    return f"{tensor.shape[WIDTH]}x{tensor.shape[HEIGHT]}"


def _short(error: Exception) -> str:
    """The node where ONNX Runtime stops: the rest of its message is about its own source files."""
    text = last_line(error)
    node = re.search(r"Name:'([^']+)'", text)
    return f"in node {node.group(1)}" if node else text.split(" : ")[-1][:160]
