"""Which tables of a graph are compared with the source's, and how much of them is kept."""

import pytest
from engine_script import in_engine

SCRIPT = """
import numpy as np
from onnx import TensorProto, helper, numpy_helper
from edge_engine import tables
from edge_engine.references import References

table = np.arange(40, dtype=np.float32).reshape(10, 4)
stored = {"equal": table, "twice": table * 2, "short": table[:5], "double": table.astype(np.float64)}[given["stored"]]
stored = stored.copy()
for row in given["changed"]:
    stored[row] += 1
tables.BYTES = tables.VALUE_BYTES * given["room"]
inputs = ["ids", "table"] if given["op"] == "MatMul" else ["table", "ids"]
nodes = [helper.make_node(given["op"], inputs, ["rows"])]
graph = helper.make_graph(nodes, "g", [], [], [numpy_helper.from_array(stored, "table")])
references = References()
references.add("one", "random", {"in": {"ids": np.array([1])}})
count = tables.attach_tables(references, "one", graph, {"embed": table})
assert count == len(references.layers)
names = [f"layer.{kind}/table" for kind in ("fp32", "fp64") if references.has("one", "aux", f"layer.{kind}/table")]
kept = [references.array("one", "aux", name) for name in names]
print(json.dumps([references.layers, [[array.dtype.name, array.tolist()] for array in kept]]))
"""
TABLE = [[float(4 * row + column) for column in range(4)] for row in range(10)]
ROOM = 40


def attached(engine_python: str, **changes: object) -> list:
    return in_engine(engine_python, SCRIPT, {"stored": "equal", "op": "Gather", "room": ROOM, "changed": [], **changes})


def test_all_of_a_small_table_is_kept_as_the_source_has_it(engine_python: str) -> None:
    layers, kept = attached(engine_python, changed=[0, 3, 6, 9])
    assert layers == {"table": {"channel_axis": 0, "rows": 10, "steps": [1, 1], "layer": "embed"}}
    assert kept == [["float32", TABLE], ["float64", TABLE]]


@pytest.mark.parametrize(
    "changes",
    [
        *({"stored": stored} for stored in ("twice", "short", "double")),
        {"changed": [0, 1, 2, 3, 4, 5]},
        {"op": "MatMul"},
        {"room": 9},
    ],
)
def test_what_is_no_table_of_the_source_or_has_no_room_is_not_compared(engine_python: str, changes: dict) -> None:
    assert attached(engine_python, **changes) == [{}, []]


def test_each_row_of_a_large_table_has_some_columns(engine_python: str) -> None:
    layers, kept = attached(engine_python, room=20)
    assert layers["table"]["steps"] == [1, 2]
    assert kept[0][1] == [row[::2] for row in TABLE]
