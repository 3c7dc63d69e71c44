"""Values that an input usually has, as far as the graph says it: an embedding's rows, a scale, a mean."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from tensorflow.python.framework import tensor_util

from .marks import compared
from .ports import TEXT, Port

#: Give on what they are given.
THROUGH = frozenset({"Identity", "Cast", "Reshape", "ExpandDims", "Squeeze", "StopGradient", "EnsureShape", "SelectV2"})
GATHERS = {"GatherV2": (0, 1), "Gather": (0, 1), "ResourceGather": (0, 1)}
DEPTH = 12


@dataclass(frozen=True)
class Range:
    """low and high, both inside. mean and spread: of floats that the model itself normalises, for each last axis."""

    low: float | None = None
    high: float | None = None
    mean: Any = None
    spread: Any = None
    #: Of texts: those that a table of the graph holds.
    texts: tuple[str, ...] = ()
    #: What the graph compares the input with: values with a meaning of their own, as a padding, and bounds.
    marks: tuple[float, ...] = ()
    bounds: tuple[float, ...] = ()


def range_of(port: Port, graph: Any, tables: dict[str, Any]) -> Range:
    """An empty `Range` where nothing is known. tables: keys and values of the graph's tables, by name."""
    if port.dtype == TEXT:
        keys = [key for each, _ in tables.values() for key in each if isinstance(key, bytes)]
        return Range(texts=tuple(sorted({key.decode("utf-8", "replace") for key in keys})))
    if graph is None:
        return Range()
    nodes = {node.name: node for node in graph.node}
    readers: dict[str, list[Any]] = {}
    for node in graph.node:
        for entry in node.input:
            readers.setdefault(entry.lstrip("^").split(":")[0], []).append(node)
    found = Range()
    left = [(port.tensor.split(":")[0], 0)]
    while left:
        name, depth = left.pop()
        for node in readers.get(name, []):
            found = _merged(found, _said(node, name, nodes, port))
            if node.op in THROUGH and depth < DEPTH:
                left.append((node.name, depth + 1))
    return found


def _merged(first: Range, second: Range) -> Range:
    highs = [entry.high for entry in (first, second) if entry.high is not None]
    low = first.low if first.low is not None else second.low
    mean = first.mean if first.mean is not None else second.mean
    spread = first.spread if first.spread is not None else second.spread
    marks, bounds = (tuple(dict.fromkeys(each)) for each in (first.marks + second.marks, first.bounds + second.bounds))
    return Range(low, min(highs) if highs else None, mean, spread, (), marks, bounds)


def _said(node: Any, name: str, nodes: dict[str, Any], port: Port) -> Range:
    """Of one operator that reads the value called `name`."""
    inputs = [entry.split(":")[0] for entry in node.input]
    if node.op in GATHERS:
        table, index = GATHERS[node.op]
        rows = constant_of(inputs[table], nodes)
        if rows is not None and inputs[index] == name and rows.ndim:
            return Range(0, rows.shape[0] - 1)
    if node.op == "Bucketize":
        limits = node.attr["boundaries"].list.f
        beyond = (max(limits) - min(limits)) / 4 + 1
        return Range(min(limits) - beyond, max(limits) + beyond, bounds=tuple(limits))
    if node.op == "OneHot" and inputs[0] == name:
        depth = constant_of(inputs[1], nodes)
        return Range(0, int(depth) - 1) if depth is not None else Range()
    others = [constant_of(entry, nodes) for entry in inputs if entry != name]
    marks, bounds = compared(node.op, others[0] if others else None)
    if marks or bounds:
        return Range(marks=marks, bounds=bounds)
    if port.dtype.startswith("float") and len(inputs) == 2:
        other = constant_of(next((entry for entry in inputs if entry != name), name), nodes)
        return _of_float(node.op, other) if other is not None and other.dtype.kind == "f" else Range()
    return Range()


def _of_float(operator: str, constant: Any) -> Range:
    """Pixels are divided by their largest value; columns lose their mean."""
    if operator == "Mul" and constant.size == 1 and 0 < float(constant.ravel()[0]) < 1 / 64:
        return Range(0, float(np.rint(1 / constant.ravel()[0])))
    if operator == "RealDiv" and constant.size == 1 and float(constant.ravel()[0]) > 64:
        return Range(0, float(constant.ravel()[0]))
    if operator == "Sub":
        return Range(mean=constant)
    return Range()


def constant_of(name: str, nodes: dict[str, Any]) -> Any:
    node = nodes.get(name)
    while node is not None and node.op in ("Identity", "Cast", "ReadVariableOp"):
        node = nodes.get(node.input[0].split(":")[0])
    if node is None or node.op != "Const":
        return None
    return tensor_util.MakeNdarray(node.attr["value"].tensor)
