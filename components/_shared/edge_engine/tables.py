"""Tables in which a network looks up rows, as references: no case reads each row of a large one."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from .layer_samples import Sampling
from .references import References

#: Of all tables. Where all columns do not fit, each row has some.
BYTES = 8 << 20
#: A row takes float32 and float64 of a value.
VALUE_BYTES = 12
#: Of the rows: a table that has fewer in common with the source's was computed from it, or is another one.
ALIKE = 0.5


def attach_tables(
    references: References, case: str, graph: onnx.GraphProto, tables: Mapping[str, NDArray[np.float32]]
) -> int:
    """Adds rows of the source's tables, by their names there, to a case. Says how many tables the graph has.

    tables: (rows, columns). A table that is wrong altogether is wrong in every case; here it is about a few rows.
    """
    room, count = BYTES, 0
    for name, stored in _looked_up(graph):
        source = next((path for path, table in tables.items() if _is_alike(table, stored)), None)
        if source is None or name in references.layers:
            continue
        rows, columns = stored.shape
        kept = min(columns, room // (rows * VALUE_BYTES))
        if kept == 0:
            continue
        sampling = Sampling(0, rows, (1, -(-columns // kept)))
        values = np.ascontiguousarray(sampling.of(tables[source]))
        parts = {f"layer.fp32/{name}": values, f"layer.fp64/{name}": values.astype(np.float64)}
        if references.attach(case, parts):
            room -= values.size * VALUE_BYTES
            references.layers[name] = sampling.described(source)
            count += 1
    return count


def stored_in(graph: onnx.GraphProto) -> Iterator[tuple[str, NDArray[Any]]]:
    """Weights of float32 of two axes or more, by their names."""
    for tensor in graph.initializer:
        if len(tensor.dims) > 1 and tensor.data_type == onnx.TensorProto.FLOAT:
            yield tensor.name, numpy_helper.to_array(tensor)


def _looked_up(graph: onnx.GraphProto) -> Iterator[tuple[str, NDArray[Any]]]:
    """Float32 tables of which a node takes rows."""
    initializers = {tensor.name: tensor for tensor in graph.initializer}
    names = dict.fromkeys(node.input[0] for node in graph.node if node.op_type == "Gather")
    for name in names:
        tensor = initializers.get(name)
        if tensor is not None and len(tensor.dims) == 2 and tensor.data_type == onnx.TensorProto.FLOAT:
            yield name, numpy_helper.to_array(tensor)


def _is_alike(table: NDArray[np.float32], stored: NDArray[Any]) -> bool:
    return table.shape == stored.shape and float(np.mean((table == stored).all(axis=1))) >= ALIKE
