"""Converters of our own, where skl2onnx drops or changes a part of an estimator that operators can compute."""

import copy
from typing import Any

import numpy as np
from onnx import TensorProto
from skl2onnx import update_registered_converter
from skl2onnx.common._registration import get_converter, get_shape_calculator
from skl2onnx.common.data_types import FloatTensorType

from sklearn.preprocessing import Normalizer, OneHotEncoder, OrdinalEncoder

from .infrequent import grouped_columns

#: A row whose values are all smaller is not divided, as scikit-learn says.
SMALL = 10 * float(np.finfo(np.float64).eps)


def register_own() -> None:
    """In place of skl2onnx's, which they still ask for all that it does right."""
    for kind, convert in (
        (Normalizer, _normalised),
        (OneHotEncoder, _one_hot),
        (OrdinalEncoder, _numbered),
    ):
        alias = "Sklearn" + kind.__name__
        options = get_converter(alias).get_allowed_options()
        update_registered_converter(kind, "Edge" + kind.__name__, get_shape_calculator(alias), convert, options=options)


def _normalised(scope: Any, operator: Any, container: Any) -> None:
    """By the largest absolute value: ONNX Runtime's operator takes the largest value."""
    if operator.raw_operator.norm != "max" or len(operator.inputs) > 1:
        get_converter("SklearnNormalizer")(scope, operator, container)
        return
    given, kind = operator.inputs[0].full_name, operator.outputs[0].type
    floats, sizes, largest, limit, is_small, ones, divisors = (
        scope.get_unique_variable_name(name)
        for name in ("floats", "sizes", "largest", "limit", "is_small", "ones", "divisors")
    )
    element = TensorProto.FLOAT if isinstance(kind, FloatTensorType) else TensorProto.DOUBLE
    container.add_initializer(limit, element, [1], [SMALL])
    container.add_node("Cast", given, floats, to=element)
    container.add_node("Abs", floats, sizes)
    container.add_node("ReduceMax", sizes, largest, axes=[1], keepdims=1)
    container.add_node("Less", [largest, limit], is_small)
    container.add_node("Cast", is_small, ones, to=element)
    container.add_node("Add", [largest, ones], divisors)
    container.add_node("Div", [floats, divisors], operator.outputs[0].full_name)


def _numbered(scope: Any, operator: Any, container: Any) -> None:
    """skl2onnx asks for the groups of an input's infrequent categories, where it means those of a column."""
    inner = copy.copy(operator)
    if getattr(operator.raw_operator, "_infrequent_enabled", False):
        inner.raw_operator = copy.copy(operator.raw_operator)
        inner.raw_operator._default_to_infrequent_mappings = _InTurn(operator.raw_operator)
    get_converter("SklearnOrdinalEncoder")(scope, inner, container)


class _InTurn:
    """The groups of each column, one after the other, whatever is asked for."""

    def __init__(self, encoder: Any) -> None:
        held = zip(encoder._default_to_infrequent_mappings, encoder.categories_)
        self._left = iter([groups for groups, categories in held if len(categories)])

    def __getitem__(self, _: int) -> Any:
        return next(self._left)


def _one_hot(scope: Any, operator: Any, container: Any) -> None:
    """Infrequent categories share a column: skl2onnx adds up others than those that are infrequent."""
    convert, encoder = get_converter("SklearnOneHotEncoder"), operator.raw_operator
    if not getattr(encoder, "_infrequent_enabled", False):
        convert(scope, operator, container)
        return
    alone = copy.deepcopy(encoder)
    alone._infrequent_enabled = False
    alone.drop_idx_ = alone._drop_idx_after_grouping = None
    alone.handle_unknown = "error" if encoder.handle_unknown == "error" else "ignore"
    alone.dtype = np.float32
    each = scope.declare_local_variable("each_category", FloatTensorType([None, None]))
    inner = giving(operator, each)
    inner.raw_operator = alone
    convert(scope, inner, container)
    matrix, unknown = grouped_columns(encoder)
    names = [scope.get_unique_variable_name(name) for name in ("groups", "unknown", "grouped", "columns")]
    container.add_initializer(names[0], TensorProto.FLOAT, matrix.shape, matrix.ravel())
    container.add_initializer(names[1], TensorProto.FLOAT, unknown.shape, unknown)
    container.add_node("MatMul", [each.full_name, names[0]], names[2])
    container.add_node("Add", [names[2], names[1]], names[3])
    is_whole = np.issubdtype(encoder.dtype, np.signedinteger)
    container.add_node(
        "Cast", names[3], operator.outputs[0].full_name, to=TensorProto.INT64 if is_whole else TensorProto.FLOAT
    )


def giving(operator: Any, output: Any) -> Any:
    """The same operator, which writes another variable."""
    inner = copy.copy(operator)
    inner.outputs = _Outputs([output])
    return inner


class _Outputs(list[Any]):
    """skl2onnx's own list of outputs has `to_json` and more: a converter only reads it."""
