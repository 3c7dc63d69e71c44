"""Which sizes the random cases have: small ones for several rows, one that is larger than the model's own pictures."""

import pytest
from engine_script import in_engine

SCRIPT = """
import torch
from edge_mmdeploy.cases import Plan, layout

none = torch.zeros(1, 1, 1)
found = {}
for name, (base, free, small, real) in given.items():
    plan = Plan(tuple(base), set(free), 3, {}, none, none, 0, small=small)
    found[name] = layout(plan, real)
print(json.dumps(found))
"""
ALL, FIXED_BATCH = [0, 2, 3], [2, 3]
#: Height and width of the model's own pictures, free axes, whether it takes small inputs, and its real cases.
PLANS = {
    "classifier": ([224, 224], ALL, True, 0),
    "wide": ([192, 256], ALL, True, 0),
    "large": ([512, 1024], ALL, True, 0),
    "detector": ([800, 1344], ALL, True, 0),
    "flat": ([96, 320], ALL, True, 0),
    "tiny": ([64, 64], ALL, True, 0),
    "small": ([128, 128], ALL, True, 0),
    "fixed": ([512, 640], [0], True, 0),
    "fixed width": ([512, 640], [0, 2], True, 0),
    "refuses": ([224, 224], ALL, False, 0),
    "fixed batch": ([224, 224], FIXED_BATCH, True, 2),
}
Cases = dict[str, list[tuple[int, tuple[int, int]]]]


@pytest.fixture(scope="module")
def cases(engine_python: str) -> Cases:
    found = in_engine(engine_python, SCRIPT, PLANS)
    return {name: [(rows, (size[0], size[1])) for rows, size in each] for name, each in found.items()}


@pytest.mark.parametrize("name", ["classifier", "wide", "large", "detector", "flat"])
def test_rows_that_share_a_case_are_small(name: str, cases: Cases) -> None:
    assert [rows for rows, _ in cases[name]] == [4, 3, 1]
    assert all(height * width <= 2 * 128 * 128 for rows, (height, width) in cases[name] if rows > 1)
    assert all(side % 32 == 0 for _, size in cases[name][:2] for side in size)
    assert len({size for _, size in cases[name]}) == 3, "no size twice"
    assert any(height != width for _, (height, width) in cases[name])


@pytest.mark.parametrize("name", ["classifier", "wide", "flat", "tiny", "small"])
def test_one_is_higher_than_the_models_own_pictures(name: str, cases: Cases) -> None:
    assert max(height for _, (height, _) in cases[name]) == PLANS[name][0][0] + 64


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("tiny", [(64, 64), (96, 64), (128, 128)]),
        ("small", [(128, 128), (160, 128), (192, 96)]),
        ("refuses", [(224, 224), (256, 224), (288, 192)]),
        ("fixed", [(512, 640)] * 3),
    ],
)
def test_nothing_is_made_smaller_for(name: str, sizes: list[tuple[int, int]], cases: Cases) -> None:
    assert [size for _, size in cases[name]] == sizes


def test_a_fixed_axis_stays(cases: Cases) -> None:
    assert {width for _, (_, width) in cases["fixed width"]} == {640}


def test_with_a_fixed_batch_there_are_eight_rows(cases: Cases) -> None:
    assert [rows for rows, _ in cases["fixed batch"]] == [1] * 6
    assert len({size for _, size in cases["fixed batch"]}) == 3
