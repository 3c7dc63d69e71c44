"""Options of skl2onnx's converters, each at the estimator that it is for."""

from typing import Any

from skl2onnx._supported_operators import _get_sklearn_operator_name
from skl2onnx.common._registration import get_converter
from skl2onnx.common.exceptions import MissingConverter
from skl2onnx.common.utils_sklearn import enumerate_model_names

from edge_engine.failure import Failure
from sklearn.base import BaseEstimator, is_classifier

from .walk import estimators_in, final_of
from .word_options import word_options

Options = dict[int, dict[str, Any]]


def converter_options(model: BaseEstimator, said: dict[str, Any]) -> Options | None:
    """By the id of the estimator, as convert_sklearn takes them. `Failure` for an option that nothing in the model has.

    A key is a class (`SVC: {nocl: true}`), a step (`clf: {nocl: true}`, `clf__nocl: true`), or an option of the model.
    """
    found: Options = {}
    for key, value in said.items():
        for estimator, options in _meant(model, key, value):
            for option in options:
                _check(estimator, option, key)
            found.setdefault(id(estimator), {}).update(options)
    for estimator, defaults in _defaults(model, str(said)):
        found[id(estimator)] = {**defaults, **found.get(id(estimator), {})}
    return found or None


def _meant(model: BaseEstimator, key: str, value: Any) -> list[tuple[BaseEstimator, dict[str, Any]]]:
    inside = [model, *estimators_in(model)]
    steps = dict(enumerate_model_names(model))
    if isinstance(value, dict):
        same = [estimator for estimator in inside if type(estimator).__name__ == key]
        if key in steps:
            same.append(steps[key])
        if not same:
            known = sorted({type(estimator).__name__ for estimator in inside} | {name for name in steps if name})
            message = f"sklearn.options names {key}, which is not part of the model"
            raise Failure("input", "unknown-option", message, f"It contains {', '.join(known)}.")
        return [(estimator, value) for estimator in same]
    step, _, option = key.rpartition("__")
    return [(steps[step], {option: value})] if step in steps and step else [(final_of(model), {key: value})]


def _check(estimator: BaseEstimator, option: str, key: str) -> None:
    allowed = _allowed(estimator)
    if option not in allowed:
        name = type(estimator).__name__
        message = f"sklearn.options.{key}: the converter of {name} has no option {option}"
        hint = f"It has {', '.join(sorted(allowed))}." if allowed else "It has none: remove it."
        raise Failure("input", "unknown-option", message, hint)


def _allowed(estimator: BaseEstimator) -> dict[str, Any]:
    try:
        return get_converter(_get_sklearn_operator_name(type(estimator))).get_allowed_options() or {}
    except (MissingConverter, RuntimeError, ValueError):
        return {}


def _defaults(model: BaseEstimator, said: str) -> list[tuple[BaseEstimator, dict[str, Any]]]:
    """What is meant where nothing is said.

    zipmap: no runtime but Python's reads a sequence of maps. raw_scores: without it an SVC of two classes gives each
    score in the other class's column. locale, tokenexp: see word_options.
    """
    found: list[tuple[BaseEstimator, dict[str, Any]]] = []
    for estimator in (model, *estimators_in(model)):
        if hasattr(estimator, "build_analyzer"):
            found.append((estimator, word_options(estimator, said)))
    last = final_of(model)
    if is_classifier(last):
        wanted: dict[str, Any] = {"zipmap": False}
        if not hasattr(last, "predict_proba"):
            wanted["raw_scores"] = True
        allowed = _allowed(last)
        found.append((last, {key: value for key, value in wanted.items() if key in allowed and key not in said}))
    return [(estimator, options) for estimator, options in found if options]
