"""Rows with missing values, and with a category that was never seen: what a table of real life holds."""

from typing import Any

import numpy as np

from .columns import Arrays
from .domain import filled_columns
from .rows import UNKNOWN
from .source import Source
from .walk import estimators_in

MISSING = "missing"
PART = 0.1


def with_holes(rows: Arrays, rng: np.random.Generator) -> dict[str, Arrays]:
    """The same rows with a tenth of the numbers missing, and with a tenth of the texts unknown; cases by name."""
    found: dict[str, Arrays] = {}
    for name, kind, hole in ((MISSING, "f", np.nan), ("unknown", "O", UNKNOWN)):
        if any(array.dtype.kind == kind for array in rows.values()):
            found[name] = {
                entry: _holed(array, hole, rng) if array.dtype.kind == kind else array for entry, array in rows.items()
            }
    return found


def _holed(array: Any, hole: Any, rng: np.random.Generator) -> Any:
    return np.where(rng.random(array.shape) < PART, hole, array).astype(array.dtype)


def carries_missing(source: Source) -> bool:
    """skl2onnx leaves out where scikit-learn's own trees send a missing value; something may fill all before them."""
    if not any(hasattr(estimator, "tree_") for estimator in (source.model, *estimators_in(source.model))):
        return True
    columns = source.columns
    numbers = {at for entry in columns.inputs if entry.kind.startswith("float") for at in entry.features}
    return numbers <= filled_columns(source.model, columns.count, columns.names)
