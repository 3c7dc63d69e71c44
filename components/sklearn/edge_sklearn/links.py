"""Converters of regressors whose answer is e to the power of what their trees add up to."""

from typing import Any

from skl2onnx import update_registered_converter
from skl2onnx.common._apply_operation import apply_exp
from skl2onnx.common._registration import get_converter, get_shape_calculator
from skl2onnx.operator_converters.random_forest import convert_sklearn_random_forest_regressor_converter

from sklearn.ensemble import HistGradientBoostingRegressor

from .own_converters import giving

ALIAS = "SklearnHistGradientBoostingRegressor"
#: The losses whose link is the logarithm.
LOGARITHMIC = ("poisson", "gamma")


def register_links() -> None:
    """skl2onnx gives the sum of the trees whatever the loss is."""
    options = get_converter(ALIAS).get_allowed_options()
    shapes = get_shape_calculator(ALIAS)
    update_registered_converter(HistGradientBoostingRegressor, ALIAS, shapes, _convert, options=options)


def _convert(scope: Any, operator: Any, container: Any) -> None:
    if operator.raw_operator.loss not in LOGARITHMIC:
        convert_sklearn_random_forest_regressor_converter(scope, operator, container)
        return
    exponent = scope.declare_local_variable("exponent", operator.outputs[0].type)
    convert_sklearn_random_forest_regressor_converter(scope, giving(operator, exponent), container)
    apply_exp(scope, exponent.full_name, operator.outputs[0].full_name, container)
