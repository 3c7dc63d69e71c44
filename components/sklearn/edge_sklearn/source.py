"""The source model, asked for what it computes in float64 and in float32."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_engine.failure import Failure, last_line
from sklearn.base import BaseEstimator

from .columns import Arrays, Columns
from .views import View
from .walk import estimators_in

Results = dict[str, NDArray[Any]]


class Source:
    """A model, its columns, and what of it each output of the graph is compared with."""

    def __init__(self, model: BaseEstimator, views: Sequence[View], columns: Columns) -> None:
        self.model, self.views, self.columns = model, views, columns

    def exact(self, arrays: Arrays) -> Results:
        """In float64; by a widened copy where an estimator computes only in the type that it was fitted in."""
        table = self.columns.table(arrays, "float64")
        try:
            return {view.output: view.of(self.model, table) for view in self.views}
        except ValueError as error:
            wide = widened(self.model)
            try:
                return {view.output: view.of(wide, table) for view in self.views}
            except ValueError:
                message = f"the model fails on rows with its own columns: {last_line(error)[:300]}"
                hint = "Add `samples/*.csv` with rows that it accepts, or name its inputs in `sklearn.initial_types`."
                raise Failure("input", "source-fails", message, hint) from error

    def single(self, arrays: Arrays) -> Results:
        """In float32, as far as the source computes in it."""
        try:
            return {
                view.output: view.of(self.model, self.columns.table(arrays, "float32"), True) for view in self.views
            }
        except ValueError:
            return self.exact(arrays)

    def takes(self, arrays: Arrays) -> bool:
        """Whether it answers such rows at all: not each one takes a missing or an unknown value."""
        try:
            self.views[0].of(self.model, self.columns.table(arrays, "float64"))
        except ValueError:
            return self._takes_single(arrays)
        return True

    def _takes_single(self, arrays: Arrays) -> bool:
        try:
            self.views[0].of(self.model, self.columns.table(arrays, "float32"))
        except ValueError:
            return False
        return True


def widened(model: BaseEstimator) -> BaseEstimator:
    """A copy whose fitted float32 arrays are float64, with the same values."""
    wide = copy.deepcopy(model)
    for estimator in (wide, *estimators_in(wide)):
        for name, value in vars(estimator).items():
            if isinstance(value, np.ndarray) and value.dtype == np.float32:
                setattr(estimator, name, value.astype(np.float64))
    return wide
