"""skl2onnx, with the options by its own names."""

from typing import Any

import onnx
from skl2onnx import convert_sklearn, update_registered_converter
from skl2onnx.common.exceptions import MissingConverter, MissingShapeCalculator
from skl2onnx.common.shape_calculator import (
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request
from sklearn.base import BaseEstimator

from .columns import Columns
from .converter_options import converter_options
from .convertible import convertible
from .custom_code import functions_of
from .lightgbm_trees import convert_trees
from .links import register_links
from .own_converters import register_own
from .walk import estimators_in
from .xgboost_trees import convert_boosted

TARGET_OPSET = {"": 17, "ai.onnx.ml": 3}
#: For a converter that asserts a newer one.
NEWER_OPSET = {"": 18, "ai.onnx.ml": 3}
FUNCTIONS = ("custom_conversion_functions", "custom_shape_calculators", "custom_parsers")
CLASSIFIER_OPTIONS = {"nocl": [True, False], "zipmap": [True, False, "columns"]}


def export_onnx(model: BaseEstimator, columns: Columns, request: Request) -> onnx.ModelProto:
    """The graph as skl2onnx gives it. `Failure` names the class that it does not know, or what it refuses."""
    register_boosters()
    options = request.options
    with convertible(model) as subject:
        try:
            return _converted(subject, columns, request, target_opset(options))
        except AssertionError as error:
            if "target_opset" in options:
                raise _not_convertible(error) from error
        try:
            return _converted(subject, columns, request, NEWER_OPSET)
        except AssertionError as error:
            raise _not_convertible(error) from error


def _converted(model: BaseEstimator, columns: Columns, request: Request, opset: dict[str, int]) -> onnx.ModelProto:
    """Raises AssertionError as skl2onnx does, `Failure` for all else that it refuses."""
    options = request.options
    arguments: dict[str, Any] = {
        key: functions_of(options, key, request.code_folder) for key in FUNCTIONS if options.get(key)
    }
    for key in ("white_op", "black_op"):
        if options.get(key):
            arguments[key] = set(options[key])
    if options.get("final_types"):
        arguments["final_types"] = [(entry["name"], None) for entry in options["final_types"]]
    try:
        return convert_sklearn(
            model,
            name=options.get("name", request.name),
            initial_types=[entry.initial_type for entry in columns.inputs],
            target_opset=opset,
            options=converter_options(model, options.get("options", {})),
            verbose=options.get("verbose", 0),
            **arguments,
        )
    except (MissingConverter, MissingShapeCalculator) as error:
        raise _no_converter(model, error) from error
    except (NameError, RuntimeError, TypeError, NotImplementedError, ValueError) as error:
        raise _not_convertible(error) from error


def _not_convertible(error: Exception) -> Failure:
    message = f"skl2onnx cannot convert this model: {last_line(error)[:500]}"
    hint = "Change that step or option of the model; skl2onnx's documentation lists the supported models."
    return Failure("input", "not-convertible", message, hint)


def target_opset(options: dict[str, Any]) -> dict[str, int]:
    """An opset for each domain: IsolationForest and others need that of ai.onnx.ml said."""
    said = options.get("target_opset", TARGET_OPSET)
    return {**TARGET_OPSET, **({"": said} if isinstance(said, int) else said)}


def register_boosters() -> None:
    """XGBoost and LightGBM inside of pipelines; see onnxmltools. Before them, what skl2onnx itself does wrongly."""
    register_links()
    register_own()
    from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor
    from xgboost import XGBClassifier, XGBRanker, XGBRegressor, XGBRFClassifier, XGBRFRegressor

    classes = [
        (XGBClassifier, "XGBoost", convert_boosted),
        (XGBRFClassifier, "XGBoost", convert_boosted),
        (LGBMClassifier, "LightGbm", convert_trees),
    ]
    for found, prefix, convert in classes:
        update_registered_converter(
            found,
            prefix + found.__name__,
            calculate_linear_classifier_output_shapes,
            convert,
            options=CLASSIFIER_OPTIONS,
        )
    for found, prefix, convert in [
        (XGBRegressor, "XGBoost", convert_boosted),
        (XGBRFRegressor, "XGBoost", convert_boosted),
        (XGBRanker, "XGBoost", convert_boosted),
        (LGBMRegressor, "LightGbm", convert_trees),
        (LGBMRanker, "LightGbm", convert_trees),
    ]:
        update_registered_converter(
            found,
            prefix + found.__name__,
            calculate_linear_regressor_output_shapes,
            convert,
            options={"split": None} if found in (LGBMRegressor, LGBMRanker) else None,
        )


def _no_converter(model: BaseEstimator, error: Exception) -> Failure:
    text = str(error)
    names = [f"{type(e).__module__}.{type(e).__qualname__}" for e in (model, *estimators_in(model))]
    named = next((name for name in names if name.rpartition(".")[2] in text), last_line(error)[:200])
    message = f"there is no converter for {named}"
    hint = (
        "Write one, put it into the model's folder and name it in conversion.yaml: "
        f"`sklearn: {{custom_conversion_functions: {{{named}: converters.py:convert}}, "
        f"custom_shape_calculators: {{{named}: converters.py:shape}}}}`"
    )
    return Failure("input", "no-converter", message, hint)
