"""What an answer costs the source: a search for neighbours reads all the rows that it was fitted on."""

from math import prod
from typing import Any

from .domain import ROWS
from .walk import estimators_in

#: A node of a tree, beside a number of a row that is compared: it may lie anywhere in memory.
NODE = 4


def numbers_read(model: Any) -> int:
    """Numbers that are read for one row, at least 1: of rows that are kept, and of trees from root to leaf."""
    return 1 + sum(_read(estimator) for estimator in (model, *estimators_in(model)))


def _read(estimator: Any) -> int:
    kept = sum(prod(getattr(getattr(estimator, name, None), "shape", (0,))) for name in ROWS)
    return int(kept) + NODE * int(getattr(getattr(estimator, "tree_", None), "max_depth", 0))
