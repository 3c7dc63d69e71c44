"""Weights of the source, with their axes as ONNX has them."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.python.framework import tensor_util

#: Of a kernel, by its number of axes: their order in ONNX. A matrix is found in either order.
_ORDERS = {4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}
_DEPTHWISE = (2, 3, 0, 1)
#: What stands behind a layer's name where it reads a variable.
_READ = re.compile(r"(/Cast)?/ReadVariableOp(/resource)?$")


def weights_of(raw: Any) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """By their names, in each order that may be. raw: a GraphDef before anything was folded, or None."""
    for node in () if raw is None else raw.node:
        if node.op != "Const" or node.attr["dtype"].type != tf.float32.as_datatype_enum:
            continue
        values = tensor_util.MakeNdarray(node.attr["value"].tensor)
        if values.ndim < 2:
            continue
        name = _READ.sub("", node.name)
        yield name, values
        if values.ndim in _ORDERS:
            yield name, np.ascontiguousarray(values.transpose(_ORDERS[values.ndim]))
        if values.ndim == 3:
            yield name, values.reshape(-1, values.shape[2])
        if values.ndim == 4:
            height, width, channels, each = values.shape
            turned = values.transpose(_DEPTHWISE)
            yield name, np.ascontiguousarray(turned).reshape(channels * each, 1, height, width)
