"""Whose float64 stands for the source's: the rewriting's, where both give the same bits in float32."""

from engine_script import in_engine

SCRIPT = """
import numpy as np
from edge_mmdeploy.rewritten_heads import RewrittenHeads

heads = RewrittenHeads()
for case, size in given["cases"]:
    single = {"raw.logits": np.arange(4, dtype=np.float32), "raw.roi": np.ones(2, np.float32)}
    heads.add(case, size, single, {name: value.astype(given["double"]) * 3 for name, value in single.items()})
source = {name: np.array(values, given["single"]) for name, values in given["source"].items()}
found = heads.double_of_source(given["case"], source)
print(json.dumps(None if found is None else {name: value.tolist() for name, value in found.items()}))
"""
SAME = {"raw.logits": [0, 1, 2, 3]}


def double_of(
    python: str,
    source: dict = SAME,
    *,
    case: str = "a",
    cases: tuple = (("a", 10),),
    single: str = "float32",
    double: str = "float64",
) -> dict | None:
    given = {"source": source, "case": case, "cases": cases, "single": single, "double": double}
    return in_engine(python, SCRIPT, given)


def test_the_same_bits_have_the_same_float64(engine_python: str) -> None:
    assert double_of(engine_python) == {"raw.logits": [0, 3, 6, 9]}


def test_what_differs_in_one_bit_is_computed_by_the_source(engine_python: str) -> None:
    assert double_of(engine_python, {"raw.logits": [0, 1, 2, 3.0000002]}) is None
    # Equal as numbers.
    assert double_of(engine_python, {"raw.logits": [-0.0, 1, 2, 3]}) is None


def test_all_heads_of_a_case_or_none(engine_python: str) -> None:
    assert double_of(engine_python, {**SAME, "raw.other": [1]}) is None
    assert double_of(engine_python, {**SAME, "raw.roi": [1, 2]}) is None


def test_neither_another_shape_nor_another_type_nor_float32_is_taken(engine_python: str) -> None:
    assert double_of(engine_python, {"raw.logits": [[0, 1, 2, 3]]}) is None
    assert double_of(engine_python, single="float64") is None
    assert double_of(engine_python, double="float32") is None


def test_the_smallest_cases_are_kept(engine_python: str) -> None:
    cases = (("a", 40), ("b", 10), ("c", 30), ("d", 20))
    assert double_of(engine_python, case="a", cases=cases) is None
    assert double_of(engine_python, case="c", cases=cases) is not None
    assert double_of(engine_python, case="unknown", cases=cases) is None
