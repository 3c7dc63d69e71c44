"""Support vector machines and Gaussian processes as float32 computes them: their libraries know float64 alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.svm._base import BaseLibSVM

Array = NDArray[Any]
FITTED = "_BaseLibSVM__Xfit"


def is_machine(estimator: Any) -> bool:
    """Whether it is a support vector machine with dense rows and a kernel that has a name and compares rows."""
    is_fitted = isinstance(estimator, BaseLibSVM) and hasattr(estimator, "support_vectors_")
    return is_fitted and not estimator._sparse and estimator.kernel in [*KERNELS]


def is_process(estimator: Any) -> bool:
    """Whether it is a Gaussian process that was fitted."""
    return isinstance(estimator, GaussianProcessRegressor) and hasattr(estimator, "alpha_")


def take_single_process(estimator: Any) -> None:
    """Changes it: its kernel's values and its numbers are rounded to float32, and summed in it, as the ONNX has it.

    Large weights of rows that lie close together cancel in the sum: that is far more noise than an input's last digit.
    """
    kernel = estimator.kernel_
    for name in ("alpha_", "X_train_", "_y_train_mean", "_y_train_std"):
        setattr(estimator, name, np.asarray(getattr(estimator, name), np.float32))
    estimator.kernel_ = lambda rows, fitted: np.asarray(kernel(np.asarray(rows, np.float32), fitted), np.float32)


def take_single_kernel(estimator: Any) -> None:
    """Changes it: what it compares rows by is computed in float32, as the ONNX has it, and its numbers are rounded.

    Its sums over the support vectors stay in float64. A kernel of large values whose sum is small has far more noise
    than the last digit of an input shows: a polynomial of columns that are not scaled.
    """
    kernel = KERNELS[estimator.kernel]
    settings = (np.float32(estimator._gamma), np.float32(estimator.coef0), estimator.degree)
    rows = np.zeros((estimator.shape_fit_[0], estimator.support_vectors_.shape[1]), np.float32)
    rows[estimator.support_] = estimator.support_vectors_
    setattr(estimator, FITTED, rows)
    for name in ("_dual_coef_", "_intercept_", "_probA", "_probB"):
        setattr(estimator, name, _rounded(getattr(estimator, name)))
    estimator.kernel = lambda given, fitted: kernel(np.asarray(given, np.float32), fitted, *settings)


def _rounded(values: Array) -> Array:
    return np.asarray(values, np.float32).astype(np.float64)


def _linear(rows: Array, fitted: Array, *_: Any) -> Array:
    return np.asarray(rows @ fitted.T)


def _poly(rows: Array, fitted: Array, gamma: Any, coef0: Any, degree: Any) -> Array:
    return np.asarray((gamma * (rows @ fitted.T) + coef0) ** np.float32(degree))


def _sigmoid(rows: Array, fitted: Array, gamma: Any, coef0: Any, _: Any) -> Array:
    return np.asarray(np.tanh(gamma * (rows @ fitted.T) + coef0))


def _rbf(rows: Array, fitted: Array, gamma: Any, *_: Any) -> Array:
    squares = np.stack([((rows - each) ** 2).sum(axis=1) for each in fitted], axis=1)
    return np.asarray(np.exp(-gamma * squares))


KERNELS: dict[str, Callable[..., Array]] = {"linear": _linear, "poly": _poly, "sigmoid": _sigmoid, "rbf": _rbf}
