"""The model as skl2onnx takes it: what only stops it is put aside meanwhile, what it drops is refused."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from edge_engine.failure import Failure
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.model_selection import (
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.neighbors import RadiusNeighborsClassifier, RadiusNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import KBinsDiscretizer
from sklearn.svm import LinearSVC

from .walk import estimators_in, final_of, remembers_texts

#: Searches that skl2onnx does not know; GridSearchCV it does.
SEARCHES = (RandomizedSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV)


#: Means a missing text in the graph, where nothing else is said: no table has it.
NO_TEXT = "\ufffdmissing"


@contextmanager
def convertible(model: BaseEstimator) -> Iterator[Any]:
    """What to convert in the model's place: it computes the same."""
    inside = [model, *estimators_in(model)]
    aside: list[tuple[Any, str, Any]] = []
    for owner, name, value in _obstacles(model, inside):
        aside.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)
    try:
        yield model.best_estimator_ if isinstance(model, SEARCHES) else model
    finally:
        for owner, name, value in reversed(aside):
            setattr(owner, name, value)


def _obstacles(model: BaseEstimator, inside: list[BaseEstimator]) -> Iterator[tuple[Any, str, Any]]:
    """Owner, attribute, and the value that skl2onnx takes."""
    last = final_of(model)
    # It says how `transform` gives its rows; `predict` and `predict_proba` do not ask.
    if isinstance(last, VotingClassifier):
        yield last, "flatten_transform", False
        if last.weights is not None:
            yield last, "weights", np.asarray(last.weights)
    for estimator in inside:
        if fills_texts(estimator):
            yield estimator, "missing_values", NO_TEXT
        # No tensor is sparse: zeros are written, as they are where the next step reads them.
        if isinstance(estimator, KBinsDiscretizer) and estimator.encode == "onehot":
            yield estimator, "encode", "onehot-dense"
        if isinstance(estimator, Pipeline):
            steps = [(name, step) for name, step in estimator.steps if step not in (None, "passthrough")]
            if 0 < len(steps) < len(estimator.steps):
                yield estimator, "steps", steps
    # onnxmltools knows columns by their numbers alone.
    for estimator in inside:
        if hasattr(estimator, "get_booster") and estimator.get_booster().feature_names is not None:
            booster = estimator.get_booster()
            yield booster, "feature_names", [f"f{at}" for at in range(booster.num_features())]


def fills_texts(estimator: Any) -> bool:
    """Whether it fills missing texts, which no tensor can hold: skl2onnx only knows a text that means so."""
    is_texts = isinstance(estimator, SimpleImputer) and remembers_texts(estimator)
    return is_texts and not isinstance(estimator.missing_values, str)


def refuse_dropped(model: BaseEstimator) -> None:
    """`Failure` names an estimator of which the converters drop or change something without a word."""
    for estimator in (model, *estimators_in(model)):
        for is_so, what, hint in DROPPED:
            if is_so(estimator):
                raise Failure("input", "not-convertible", f"the {type(estimator).__name__} {what}", hint)


def _mixes_classes(estimator: Any) -> bool:
    if not hasattr(estimator, "get_booster") or getattr(estimator, "n_classes_", 2) < 3:
        return False
    trained = json.loads(estimator.get_booster().save_config())["learner"]["gradient_booster"]
    return int(trained.get("gbtree_model_param", {}).get("num_parallel_tree", 1)) > 1


def _booster_kind(estimator: Any) -> str | None:
    return getattr(estimator, "booster", None) if hasattr(estimator, "get_booster") else None


def _splits_categories(estimator: Any) -> bool:
    chosen = getattr(estimator, "is_categorical_", None)
    return chosen is not None and bool(np.any(chosen))


#: What the converters drop or change without a word: a question to an estimator, what it does, what to do.
DROPPED: tuple[tuple[Callable[[Any], bool], str, str], ...] = (
    (
        _splits_categories,
        "splits by categories, which skl2onnx converts as if they were numbers",
        "Train it on an OrdinalEncoder's or OneHotEncoder's columns, without `categorical_features`.",
    ),
    (
        lambda each: isinstance(each, SimpleImputer) and bool(each.add_indicator),
        "adds columns that show where a value was missing (`add_indicator`), which skl2onnx leaves out",
        "Train the model without it.",
    ),
    (
        lambda each: isinstance(each, TunedThresholdClassifierCV),
        "decides by a threshold of its own, which skl2onnx leaves out",
        "Save its `estimator_`, and apply its `best_threshold_` to the probabilities on the device.",
    ),
    (
        lambda each: isinstance(each, CalibratedClassifierCV) and each.method == "isotonic",
        "interpolates between steps (`isotonic`), in place of which skl2onnx takes the nearest step of a single row",
        "Calibrate it with `method='sigmoid'`.",
    ),
    (
        lambda each: bool(getattr(each, "sublinear_tf", False)),
        "counts words as 1 + log(n) (`sublinear_tf`), in place of which skl2onnx computes log(1 + n)",
        "Train the model with `sublinear_tf=False`.",
    ),
    (
        lambda each: isinstance(each, OneVsRestClassifier) and isinstance(each.estimators_[0], LinearSVC),
        "consists of LinearSVCs, whose scores skl2onnx mixes up",
        "Train a LinearSVC alone: it is one against the rest already.",
    ),
    (
        lambda each: isinstance(each, OneVsOneClassifier) and each.classes_.tolist() != [*range(len(each.classes_))],
        "has classes of its own, in place of which skl2onnx gives their numbers",
        "Train it on the numbers from 0 on, and name the classes on the device.",
    ),
    (
        _mixes_classes,
        "has several trees of each class in a round (`num_parallel_tree`), whose classes onnxmltools mixes up",
        "Train an XGBClassifier with `num_parallel_tree=1`, or scikit-learn's RandomForestClassifier.",
    ),
    (
        lambda each: _booster_kind(each) in ("dart", "gblinear"),
        "has a booster that onnxmltools cannot convert: dart or gblinear",
        "Train it with `booster='gbtree'`.",
    ),
    (
        lambda each: isinstance(each, GaussianProcessClassifier),
        "is converted with `Solve` of com.microsoft, an operator that ONNX Runtime does not have",
        "Train an SVC with the same kernel and `probability=True`.",
    ),
    (
        lambda each: isinstance(each, (RadiusNeighborsClassifier, RadiusNeighborsRegressor)),
        "is converted to a graph that ONNX Runtime refuses unless each row of the training lies within the radius",
        "Train a KNeighborsClassifier or KNeighborsRegressor.",
    ),
    (
        lambda each: isinstance(each, KNNImputer),
        "is converted to a graph that ends ONNX Runtime's process by SIGFPE if no value is missing in the rows",
        "Train the model with SimpleImputer, or fill the missing values before the edge model is called.",
    ),
)
