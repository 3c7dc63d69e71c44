"""Sample tables: rows that the model really meets."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .columns import Arrays, Columns, Input

#: Rows that are taken of a file, from its beginning.
MOST_ROWS = 4096


def read_samples(request: Request, columns: Columns) -> dict[str, Arrays]:
    """Arrays by the graph's inputs, for each sample file. `Failure` where a file lacks a column or has a wrong type."""
    return {f"sample-{number}": _read(path, columns) for number, path in enumerate(request.samples)}


def _read(path: Path, columns: Columns) -> Arrays:
    table = _table(path)
    if len(table) == 0:
        raise Failure("input", "sample-empty", f"{path.name} has no rows", "Remove it, or add rows.")
    return {entry.name: _column(table, entry, columns, path.name) for entry in columns.inputs}


def _table(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".csv":
            return pd.read_csv(path, nrows=MOST_ROWS)
        rows = np.load(path, allow_pickle=False)
        if rows.ndim != 2:
            raise ValueError(f"it has {rows.ndim} axes instead of rows and columns")
        return pd.DataFrame(rows[:MOST_ROWS])
    except (ValueError, OSError, pd.errors.ParserError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        hint = "A sample is a .csv file with a header line, or an .npy file of rows and columns."
        raise Failure("input", "sample-unreadable", f"{path.name} cannot be read: {last_line(error)}", hint) from error


def _column(table: pd.DataFrame, entry: Input, columns: Columns, file: str) -> NDArray[Any]:
    wanted: list[Any] = [columns.names[index] for index in entry.features] if columns.names else [*entry.features]
    by_place = not set(wanted) <= set(table.columns)
    if by_place and (columns.names is not None or len(table.columns) < columns.count):
        missing = [str(name) for name in wanted if name not in set(table.columns)]
        hint = f"It needs the columns that the model was fitted on; it has {', '.join(map(str, table.columns))}."
        raise Failure("input", "sample-columns", f"{file} has no column {', '.join(missing)}", hint)
    chosen = table.iloc[:, list(entry.features)] if by_place else table[wanted]
    if entry.kind == "string":
        return np.asarray(chosen.astype(str), dtype=object)
    try:
        return np.asarray(chosen.to_numpy().astype(entry.kind))
    except (ValueError, TypeError) as error:
        message = f"{file}: {entry.name} should hold {entry.kind}: {last_line(error)}"
        raise Failure("input", "sample-type", message, "Correct the column, or sklearn.initial_types.") from error
