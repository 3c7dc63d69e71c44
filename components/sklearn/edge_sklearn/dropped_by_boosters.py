"""What onnxmltools drops or changes of LightGBM and XGBoost."""

import json
from collections.abc import Callable
from typing import Any

Dropped = tuple[Callable[[Any], bool], str, str]


def _xgboost(estimator: Any) -> dict[str, Any]:
    """What an XGBoost model says of its training; nothing of all others."""
    if not hasattr(estimator, "get_booster") or not estimator.__sklearn_is_fitted__():
        return {}
    learner: dict[str, Any] = json.loads(estimator.get_booster().save_config())["learner"]
    return learner


def _mixes_classes(estimator: Any) -> bool:
    if not hasattr(estimator, "get_booster") or getattr(estimator, "n_classes_", 2) < 3:
        return False
    trained = _xgboost(estimator).get("gradient_booster", {})
    return int(trained.get("gbtree_model_param", {}).get("num_parallel_tree", 1)) > 1


def _booster_kind(estimator: Any) -> str | None:
    return getattr(estimator, "booster", None) if hasattr(estimator, "get_booster") else None


def _targets(estimator: Any) -> int:
    return int(_xgboost(estimator).get("learner_model_param", {}).get("num_target", 1))


def _is_squashed(estimator: Any) -> bool:
    """A regressor whose answer is a probability."""
    says_classes = hasattr(estimator, "predict_proba")
    return not says_classes and _xgboost(estimator).get("objective", {}).get("name") == "reg:logistic"


def _lightgbm(estimator: Any) -> dict[str, str]:
    """The head of a LightGBM model's file: `objective`, `average_output`, …; nothing of all others."""
    booster = getattr(estimator, "booster_", None)
    if booster is None:
        return {}
    head = booster.model_to_string(num_iteration=1).partition("\n\n")[0]
    lines = [line.partition("=") for line in head.splitlines()]
    return {key: value for key, _, value in lines}


def _objective(estimator: Any) -> list[str]:
    """As `["binary", "sigmoid:1"]`."""
    return _lightgbm(estimator).get("objective", "").split() or [""]


def _takes_zero_for_missing(estimator: Any) -> bool:
    booster = getattr(estimator, "booster_", None)
    return booster is not None and bool((booster.trees_to_dataframe().missing_type == "Zero").any())


def _is_linear(estimator: Any) -> bool:
    booster = getattr(estimator, "booster_", None)
    return booster is not None and "[linear_tree: 1]" in booster.model_to_string(num_iteration=1)


#: A question to an estimator, what it does, what to do.
DROPPED_BY_BOOSTERS: tuple[Dropped, ...] = (
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
        lambda each: _targets(each) > 1,
        "has several targets, whose trees onnxmltools mixes up",
        "Train one model for each target.",
    ),
    (
        _is_squashed,
        "gives a probability (`reg:logistic`), in place of which onnxmltools gives the sum of its trees",
        "Train an XGBClassifier, whose probability of class 1 is the same, or use `objective='reg:squarederror'`.",
    ),
    (
        lambda each: "sqrt" in _objective(each)[1:],
        "is trained on square roots (`reg_sqrt`), which onnxmltools does not square",
        "Train it with `reg_sqrt=False`, or square the answer on the device: then save a model of the roots.",
    ),
    (
        _is_linear,
        "has a linear model in each leaf (`linear_tree`), in place of which onnxmltools takes a constant",
        "Train it with `linear_tree=False`.",
    ),
    (
        _takes_zero_for_missing,
        "takes 0 for a missing value (`zero_as_missing`), which onnxmltools leaves out",
        "Train it with `zero_as_missing=False`, with NaN where a value is missing.",
    ),
)
