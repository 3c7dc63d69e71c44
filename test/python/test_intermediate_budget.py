"""Which intermediate tensors get reference values where space is short."""

from engine_script import in_engine

SCRIPT = """
import numpy as np
from edge_engine.references import References
from edge_mmdeploy.intermediate_references import IntermediateReferences

references, intermediate = References(), IntermediateReferences()
for case, rows in (("a", 1), ("b", 3), ("c", 4), ("d", 8)):
    references.add(case, "random", {"in": {"x": np.zeros((rows, 3), np.float32)}})
    for name, shape, origin in given["tensors"]:
        array = np.zeros([rows, *shape], np.float32)
        intermediate.add(case, name, origin, array, array.astype(given.get("double", "float64")))
names = [*(each[0] for each in given["tensors"]), *given.get("more", [])]
left_out = intermediate.attach(references, names, given["most"])
kept = {name: [case for case in references.kinds if f"{case}/aux/fp64/{name}" in references._tensors]
        for name, *_ in given["tensors"]}
print(json.dumps([kept, sorted(references.intermediate), left_out]))
"""
DENSE = ["dense", [2, 8, 8], "source"]
LOGITS = ["logits", [5], "source"]
NMS = ["nms.boxes", [100, 4], "rewritten"]
PLENTY = 1 << 20


def attach(python: str, *tensors: list, most: int = PLENTY, **more: object) -> list:
    return in_engine(python, SCRIPT, {"tensors": tensors, "most": most, **more})


def test_few_small_cases_of_a_head_and_every_case_of_what_reaches_the_suppression(engine_python: str) -> None:
    kept, compared, left_out = attach(engine_python, DENSE, LOGITS, NMS)
    assert kept == {"dense": ["a", "b"], "logits": ["a", "b", "c"], "nms.boxes": ["a", "b", "c", "d"]}
    assert compared == ["dense", "logits", "nms.boxes"]
    assert left_out == {}


def test_the_largest_tensor_is_left_out_first(engine_python: str) -> None:
    two_cases = 4 * 2 * 64 * 12
    kept, compared, left_out = attach(engine_python, NMS, DENSE, most=two_cases)
    assert kept == {"dense": ["a", "b"], "nms.boxes": []}
    assert compared == ["dense"]
    assert "fit" in left_out["nms.boxes"]


def test_without_float64_there_is_nothing_to_compare(engine_python: str) -> None:
    kept, compared, left_out = attach(engine_python, LOGITS, double="float32", more=["unknown"])
    assert kept == {"logits": []}
    assert compared == []
    assert all("no float64" in left_out[name] for name in ("logits", "unknown"))
