"""The source model, asked for what it computes in float64 and in float32."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_engine.failure import Failure, last_line
from sklearn.base import BaseEstimator

from .columns import Arrays, Columns
from .domain import domains_of
from .single_kernels import is_machine, is_process, take_single_kernel, take_single_process
from .views import View
from .walk import estimators_in

Results = dict[str, NDArray[Any]]


class Source:
    """A model, its columns, and what of it each output of the graph is compared with."""

    def __init__(self, model: BaseEstimator, views: Sequence[View], columns: Columns) -> None:
        self.model, self.views, self.columns = model, views, columns
        self._narrow: BaseEstimator | None = None
        domains = domains_of(model, columns.count, columns.names)
        self.is_category = {
            entry.name: np.array([bool(domains[at].values) for at in entry.features]) for entry in columns.inputs
        }
        inside = (model, *estimators_in(model))
        #: A search for neighbours keeps the rows that it was fitted on.
        self.keeps_rows = any(isinstance(getattr(each, "_fit_X", None), np.ndarray) for each in inside)

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
        """In float32, as far as the source computes in it: with its numbers rounded, as the ONNX has them."""
        self._narrow = self._narrow or narrowed(self.model)
        try:
            return self._ask(self._narrow, arrays)
        except ValueError:
            pass
        try:
            # It computes in float64 alone: inputs that differ in float32's last digit show what that digit does.
            return self._ask(self.model, self.nudged(arrays, np.random.default_rng(0)))
        except ValueError:
            return self.exact(arrays)

    def near(self, arrays: Arrays, rng: np.random.Generator) -> Results:
        """`exact`, with the rows that a search for neighbours keeps moved by one digit of float32."""
        moved = copy.deepcopy(self.model)
        for estimator in (moved, *estimators_in(moved)):
            if isinstance(getattr(estimator, "_fit_X", None), np.ndarray):
                estimator._fit_X = _moved(estimator._fit_X, rng).astype(np.float64)
                estimator._fit_method, estimator._tree = "brute", None
        return {view.output: view.of(moved, self.columns.table(arrays, "float64")) for view in self.views}

    def nudged(self, arrays: Arrays, rng: np.random.Generator) -> Arrays:
        """Floats moved by one digit of float32, up or down; categories, which are whole numbers, stay."""
        return {
            name: np.where(self.is_category[name], array, _moved(array, rng)) if array.dtype.kind == "f" else array
            for name, array in arrays.items()
        }

    def _ask(self, model: BaseEstimator, arrays: Arrays) -> Results:
        table = self.columns.table(arrays, "float32")
        return {view.output: view.of(model, table, True) for view in self.views}

    def takes(self, arrays: Arrays) -> bool:
        """Whether it answers such rows at all: not each one takes a missing or an unknown value."""
        try:
            self.views[0].of(self.model, self.columns.table(arrays, "float64"))
        except (ValueError, IndexError):
            return self._takes_single(arrays)
        return True

    def _takes_single(self, arrays: Arrays) -> bool:
        try:
            self.views[0].of(self.model, self.columns.table(arrays, "float32"))
        except (ValueError, IndexError):
            return False
        return True


def _moved(array: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    single = array.astype(np.float32)
    to = np.where(rng.random(array.shape) < 0.5, -np.inf, np.inf).astype(np.float32)
    return np.nextafter(single, to).astype(array.dtype)


def narrowed(model: BaseEstimator) -> BaseEstimator:
    """A copy whose fitted float64 arrays are float32, as they are rounded in the ONNX; kernels are computed in it."""
    narrow = copy.deepcopy(model)
    for estimator in (narrow, *estimators_in(narrow)):
        if is_machine(estimator):
            take_single_kernel(estimator)
            continue
        if is_process(estimator):
            take_single_process(estimator)
            continue
        for name, value in vars(estimator).items():
            if name.endswith("_") and name != "classes_" and isinstance(value, np.ndarray) and value.dtype == "f8":
                setattr(estimator, name, value.astype(np.float32))
    return narrow


def widened(model: BaseEstimator) -> BaseEstimator:
    """A copy whose fitted float32 arrays are float64, with the same values."""
    wide = copy.deepcopy(model)
    for estimator in (wide, *estimators_in(wide)):
        for name, value in vars(estimator).items():
            if isinstance(value, np.ndarray) and value.dtype == np.float32:
                setattr(estimator, name, value.astype(np.float64))
    return wide
