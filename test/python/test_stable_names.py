"""The tensorflow engine's names and order: of the graph alone, and not of what tf2onnx counted."""

import json
import subprocess
from typing import Any

from engine_process import ROOT

SCRIPT = ROOT / "test/fixtures/tensorflow/counted_names.py"
COUNTED = ((31, 35, False), (35, 31, False), (9, 10, True), (10, 9, True), (104, 20, False))
#: The source's own, with numbers that tf2onnx may come to as well.
GIVEN = ["dense__2/y", "x__4", "unused__1"]


def stable(python: str, *rows: dict[str, Any]) -> list[Any]:
    """What the script prints of a graph with these counters, by default `COUNTED`'s first."""
    plain = {"left": 31, "right": 35, "swapped": False, "first": 1.0, "given": GIVEN}
    given = json.dumps([{**plain, **row} for row in rows])
    done = subprocess.run([python, "-W", "ignore", str(SCRIPT)], input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_counters_and_the_order_that_follows_from_them_leave_no_trace(engine_python: str) -> None:
    rows = [dict(zip(("left", "right", "swapped"), counted)) for counted in COUNTED]
    first, *others = stable(engine_python, *rows)
    assert [each["bytes"] == first["bytes"] for each in others] == [True] * (len(COUNTED) - 1)


def test_names_that_the_source_has_are_kept_and_no_new_one_is_like_them(engine_python: str) -> None:
    (graph,) = stable(engine_python, {})
    assert graph["ports"] == ["x__4", "is__7", "out__9"]
    names = [node[1] for node in graph["nodes"]]
    assert graph["nodes"][-2][2] == "dense__2/y:0"
    assert [name.rpartition("__")[0] for name in names[-2:]] == ["dense__2/If", "dense__2/Identity"]
    assert len({*names}) == len(names)
    used = {name.rpartition("__")[2] for name in [*names, *graph["weights"]]}
    assert not used & {"1", "2", "4", "7", "9", "31", "35"}


def test_nodes_come_after_what_they_need_and_weights_by_name(engine_python: str) -> None:
    (graph,) = stable(engine_python, {"swapped": True})
    assert [node[0] for node in graph["nodes"]] == ["Add", "Add", "If", "Identity"]
    assert len(graph["weights"]) == 2
    assert graph["weights"] == sorted(graph["weights"])


def test_graphs_that_differ_stay_different(engine_python: str) -> None:
    one, other = stable(engine_python, {}, {"first": 3.0})
    assert one["bytes"] != other["bytes"]
