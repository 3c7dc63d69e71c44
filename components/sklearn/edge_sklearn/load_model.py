"""The estimator of a .skops, .joblib or pickle file: nothing runs that nobody trusts."""

import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import joblib
import skops.io

from edge_engine.failure import Failure, last_line
from edge_engine.job import Job
from edge_engine.request import Request
from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning, NotFittedError
from sklearn.utils.validation import check_is_fitted

#: Data of trees and boosters, not code: what a .skops file of a usual model holds beyond skops' own list.
HARMLESS = frozenset(
    {
        "builtins.object",
        "collections.OrderedDict",
        "functools.partial",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRanker",
        "lightgbm.sklearn.LGBMRegressor",
        "numpy.dtype",
        "numpy.number",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.cluster._bisect_k_means._BisectingTree",
        "sklearn.compose._column_transformer.make_column_selector",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.feature_selection._univariate_selection.f_classif",
        "sklearn.feature_selection._univariate_selection.f_regression",
        "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
        "sklearn.gaussian_process.kernels.ConstantKernel",
        "sklearn.gaussian_process.kernels.DotProduct",
        "sklearn.gaussian_process.kernels.ExpSineSquared",
        "sklearn.gaussian_process.kernels.Matern",
        "sklearn.gaussian_process.kernels.Product",
        "sklearn.gaussian_process.kernels.RBF",
        "sklearn.gaussian_process.kernels.RationalQuadratic",
        "sklearn.gaussian_process.kernels.Sum",
        "sklearn.gaussian_process.kernels.WhiteKernel",
        "sklearn.metrics._dist_metrics.EuclideanDistance",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.metrics._dist_metrics.ManhattanDistance64",
        "sklearn.metrics._dist_metrics.MinkowskiDistance64",
        "sklearn.metrics._scorer._PassthroughScorer",
        "sklearn.model_selection._split.KFold",
        "sklearn.multiclass._ConstantPredictor",
        "sklearn.model_selection._split.StratifiedKFold",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.tree._tree.Tree",
        "sklearn.utils._bunch.Bunch",
        "sklearn.utils.validation.check_array",
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRFClassifier",
        "xgboost.sklearn.XGBRFRegressor",
        "xgboost.sklearn.XGBRanker",
        "xgboost.sklearn.XGBRegressor",
    }
)
ZIP = b"PK\x03\x04"
BEGINNINGS = {
    b"version https://git-lfs": "a Git LFS pointer, not the file: run `git lfs pull` before the upload",
    b"<": "a web page, not a model: download it again",
    ZIP: "a zip file: name it .skops if it is a skops file",
}


def load_model(request: Request, job: Job) -> BaseEstimator:
    """A fitted estimator. `Failure` for another form, a type that is not trusted, a class that is not there."""
    path = request.file("checkpoint")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InconsistentVersionWarning)
        loaded = _loaded(path, request)
    messages: list[Any] = [entry.message for entry in caught]
    for version in {m.original_sklearn_version for m in messages if isinstance(m, InconsistentVersionWarning)}:
        job.warn(
            f"{path.name} was written by scikit-learn {version}; its behaviour may differ in the version used here"
        )
    if not isinstance(loaded, BaseEstimator):
        hint = "Save the estimator itself (a Pipeline, a classifier), not a dictionary or a booster."
        message = f"{path.name} contains a {type(loaded).__module__}.{type(loaded).__qualname__}, not an estimator"
        raise Failure("input", "not-an-estimator", message, hint)
    try:
        check_is_fitted(loaded)
    except NotFittedError as error:
        message = f"{path.name} contains a {type(loaded).__name__} that is not fitted"
        raise Failure("input", "not-fitted", message, "Save the model after `fit`.") from error
    return loaded


def _loaded(path: Path, request: Request) -> Any:
    begin = path.read_bytes()[:64] if path.stat().st_size < 64 else _begin(path)
    is_skops = path.suffix == ".skops"
    if not begin:
        message = f"{path.name} is empty (0 bytes)"
        raise Failure("input", "checkpoint-unreadable", message, "Upload the model file itself.")
    for start, said in BEGINNINGS.items():
        if begin.startswith(start) and not (is_skops and start == ZIP):
            raise Failure("input", "checkpoint-form", f"{path.name} is {said}", "Upload the model file itself.")
    try:
        return _skops(path, request.options) if is_skops else _pickled(path, request)
    except (ImportError, AttributeError) as error:
        message = f"{path.name} needs a class that cannot be imported: {last_line(error)}"
        hint = "Put its module into the model's folder, under the name that it had when the model was saved."
        raise Failure("input", "class-not-importable", message, hint) from error
    except (pickle.UnpicklingError, EOFError, zipfile.BadZipFile, ValueError, KeyError, IndexError) as error:
        message = f"{path.name} cannot be read: {last_line(error)}"
        hint = "It may be truncated or written by another version: save the model again."
        raise Failure("input", "checkpoint-unreadable", message, hint) from error


def _begin(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _skops(path: Path, options: dict[str, Any]) -> Any:
    if not zipfile.is_zipfile(path):
        message = f"{path.name} is not a skops file: such a file is a zip archive, and this one is not, or is truncated"
        hint = "Save the model with `skops.io.dump(model, 'model.skops')`, and upload that file as it is."
        raise Failure("input", "checkpoint-unreadable", message, hint)
    trusted = HARMLESS | set(options.get("trusted_types", []))
    unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - trusted)
    if unknown:
        message = f"{path.name} contains types that are not trusted: {', '.join(unknown)}"
        hint = (
            "If you trust them, add to the conversion.yaml in Git: "
            f"`sklearn: {{trusted_types: [{', '.join(unknown)}]}}`"
        )
        raise Failure("input", "untrusted-types", message, hint)
    return skops.io.load(path, trusted=sorted(trusted & set(skops.io.get_untrusted_types(file=path))))


def _pickled(path: Path, request: Request) -> Any:
    if request.code is not None:
        message = f"{path.name} is a pickle, which runs code when it is loaded, but code must come from Git"
        hint = "Save the model with `skops.io.dump(model, 'model.skops')`: such a file is data."
        raise Failure("input", "code-from-store", message, hint)
    if request.options.get("trusted") is not True:
        message = f"{path.name} is a pickle: loading it can run any code that its author put in"
        hint = (
            "Save the model with `skops.io.dump(model, 'model.skops')`, or add to the conversion.yaml in Git: "
            "`sklearn: {trusted: true}`"
        )
        raise Failure("input", "untrusted-pickle", message, hint)
    if path.suffix == ".joblib":
        return joblib.load(path)
    with path.open("rb") as file:
        return pickle.load(file)
