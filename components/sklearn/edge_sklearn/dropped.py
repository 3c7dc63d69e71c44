"""What the converters drop or change without a word: refused, with the cause and what to do instead."""

from typing import Any

import numpy as np

from edge_engine.failure import Failure
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.neighbors import RadiusNeighborsClassifier, RadiusNeighborsRegressor
from sklearn.preprocessing import OrdinalEncoder
from sklearn.svm import LinearSVC

from .dropped_by_boosters import DROPPED_BY_BOOSTERS, Dropped
from .walk import estimators_in
from .word_options import looks_at_ends_of_words


def refuse_dropped(model: BaseEstimator) -> None:
    """`Failure` names an estimator of which the converters drop or change something without a word."""
    for estimator in (model, *estimators_in(model)):
        for is_so, what, hint in (*DROPPED, *DROPPED_BY_BOOSTERS):
            if is_so(estimator):
                raise Failure("input", "not-convertible", f"the {type(estimator).__name__} {what}", hint)


def _knows_one_class(estimator: Any) -> bool:
    classes = getattr(estimator, "classes_", None)
    return isinstance(classes, np.ndarray) and classes.shape == (1,)


def _stacks_scores(estimator: Any) -> bool:
    is_stack = isinstance(estimator, StackingClassifier) and len(estimator.classes_) == 2
    return is_stack and "decision_function" in estimator.stack_method_


def _counts_characters(estimator: Any) -> bool:
    return hasattr(estimator, "build_analyzer") and estimator.analyzer in ("char", "char_wb")


def _encodes_missing(estimator: Any) -> bool:
    """Whether a number among the categories is NaN, and does not stay so."""
    if not isinstance(estimator, OrdinalEncoder) or np.isnan(estimator.encoded_missing_value):
        return False
    return any(
        np.asarray(found).dtype.kind == "f" and np.isnan(found).any() for found in getattr(estimator, "categories_", ())
    )


def _leaves_out_columns(estimator: Any) -> bool:
    if not isinstance(estimator, SimpleImputer) or estimator.keep_empty_features:
        return False
    found = np.asarray(getattr(estimator, "statistics_", None))
    return found.dtype.kind == "f" and bool(np.isnan(found).any())


def _joins_around_stop_words(estimator: Any) -> bool:
    return bool(getattr(estimator, "stop_words", None)) and getattr(estimator, "ngram_range", (1, 1))[1] > 1


def _splits_categories(estimator: Any) -> bool:
    chosen = getattr(estimator, "is_categorical_", None)
    return chosen is not None and bool(np.any(chosen))


#: A question to an estimator, what it does, what to do.
DROPPED: tuple[Dropped, ...] = (
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
    (
        lambda each: isinstance(each, CalibratedClassifierCV) and each.method == "temperature",
        "is calibrated by a temperature, which skl2onnx does not know",
        "Calibrate it with `method='sigmoid'`.",
    ),
    (
        _knows_one_class,
        "was fitted on a single class, so that it always says the same",
        "Train it on rows of at least two classes.",
    ),
    (
        _stacks_scores,
        "stacks scores of two classes (`decision_function`), of which skl2onnx makes two columns instead of one",
        "Stack classifiers with `predict_proba`: put a LinearSVC or an SVC into a CalibratedClassifierCV.",
    ),
    (
        _counts_characters,
        "counts characters (`analyzer`), not words: ONNX Runtime's tokenizer does not join white space as scikit-learn",
        "Train the model with `analyzer='word'`.",
    ),
    (
        _joins_around_stop_words,
        "joins words that have a stop word between them (`stop_words` with `ngram_range`), which skl2onnx does not",
        "Train it without `stop_words` (`max_df` leaves out frequent words, too), or with `ngram_range=(1, 1)`.",
    ),
    (
        lambda each: hasattr(each, "build_analyzer") and looks_at_ends_of_words(each),
        "looks at the ends of words (`\\b` in `token_pattern`), where ONNX Runtime sees an end before each letter that "
        "ASCII does not have",
        r"Train it with a pattern without it, such as `token_pattern=r'\w{3,}'` or `r'[a-z]{3,}'`.",
    ),
    (
        _encodes_missing,
        "gives a missing number a value of its own (`encoded_missing_value`), which skl2onnx leaves out",
        "Train the model without it, behind a SimpleImputer.",
    ),
    (
        _leaves_out_columns,
        "leaves out a column that had no value in training, which skl2onnx keeps",
        "Train the model without that column, or with `keep_empty_features=True`.",
    ),
)
