"""Functions of one number inside the source, as ReLU6, and where the ONNX has them, by the names that tf2onnx keeps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from edge_engine.functions import Array, Function, Place, constants_of, place_of

from .layer_kinds import layer_name
from .ranges import constant_of


@dataclass(frozen=True)
class Kind:
    """operators: that tf2onnx makes of it. compute: of a tensor, and the function's constant."""

    operators: frozenset[str]
    compute: Callable[[Any, Any], Any]
    #: The attribute that is its constant.
    attribute: str = ""
    bounds: tuple[float, ...] = ()


_EXTREMES: Mapping[str, Kind] = {
    "Minimum": Kind(frozenset({"Min", "Clip"}), tf.minimum),
    "Maximum": Kind(frozenset({"Max", "Clip"}), tf.maximum),
}
#: By TensorFlow's operator, those of one input.
_KINDS: Mapping[str, Kind] = {
    "Relu6": Kind(frozenset({"Clip"}), lambda x, _: tf.nn.relu6(x), bounds=(6.0,)),
    "LeakyRelu": Kind(frozenset({"LeakyRelu"}), lambda x, slope: tf.nn.leaky_relu(x, slope), attribute="alpha"),
    "Elu": Kind(frozenset({"Elu"}), lambda x, _: tf.nn.elu(x)),
    "Selu": Kind(frozenset({"Selu"}), lambda x, _: tf.nn.selu(x)),
    "Softplus": Kind(frozenset({"Softplus"}), lambda x, _: tf.nn.softplus(x)),
}


def function_places(raw: Any, graph: Any) -> Iterator[Place]:
    """Of float32, where the ONNX has them as one operator. raw: a GraphDef before anything was folded, or None."""
    constants = constants_of(graph)
    makers = {output: node for node in graph.node for output in node.output}
    nodes = {} if raw is None else {node.name: node for node in raw.node}
    for node in nodes.values():
        kind, function = _function_of(node, nodes)
        maker = makers.get(f"{node.name}:0")
        if kind is None or function is None or maker is None or maker.op_type not in kind.operators:
            continue
        place = place_of(function, maker, constants)
        if place is not None:
            yield place


def _function_of(node: Any, nodes: dict[str, Any]) -> tuple[Kind | None, Function | None]:
    if node.attr["T"].type != tf.float32.as_datatype_enum:
        return None, None
    kind, constant = _KINDS.get(node.op), None
    if kind is not None and kind.attribute:
        constant = float(node.attr[kind.attribute].f)
    if kind is None and node.op in _EXTREMES:
        known = [constant_of(entry.split(":")[0], nodes) for entry in node.input]
        single = [each for each in known if each is not None]
        if len(single) == 1 and single[0].size == 1:
            kind, constant = _EXTREMES[node.op], float(single[0].ravel()[0])
    if kind is None:
        return None, None
    own = kind.compute

    def compute(values: Array) -> Array:
        found = own(tf.constant(values), constant)
        return np.asarray(found)

    constants = kind.bounds if constant is None else (constant,)
    return kind, Function(node.op, layer_name(node.name, set()), compute, constants)
