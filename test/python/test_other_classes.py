"""A segmentor that answers the same class everywhere is shown other pictures, until it answers another."""

import pytest
from engine_script import in_engine

SCRIPT = """
import types
import numpy as np, torch
from edge_mmdeploy.cases import Plan
from edge_mmdeploy.other_classes import show_another_class

seen, rule = given
tried, added = [], []

def outputs(tensor):
    tried.append(list(tensor.shape))
    return {"output": np.full((1, 1, 4, 4), int(eval(rule, {"x": tensor})), np.int64)}

references = types.SimpleNamespace(arrays=lambda part, name: [np.array(seen, np.int64 if rule else np.float32)])
evaluator = types.SimpleNamespace(output_names=["output"], outputs=outputs)
recorder = types.SimpleNamespace(references=references, evaluator=evaluator, add=added.extend)
plan = Plan((96, 64), {0, 2, 3}, 3, {}, torch.zeros(3, 1, 1), torch.ones(3, 1, 1), 0)
show_another_class(recorder, plan)
cases = [[case.name, case.kind, str(case.tensor.dtype), round(case.tensor.mean().item())] for case in added]
print(json.dumps([len(tried), cases]))
"""


@pytest.mark.parametrize(
    ("name", "seen", "rule", "tried", "levels"),
    [
        ("dark", [0, 0], "x.mean() < 40", 1, [16]),
        ("bright", [0], "x.mean() > 200", 2, [240]),
        ("never", [0], "0", 8, []),
        ("two classes already", [0, 1], "1", 0, []),
        ("logits", [0.5, 0.5], "", 0, []),
    ],
)
def test_one_more_case(engine_python: str, name: str, seen: list, rule: str, tried: int, levels: list) -> None:
    count, added = in_engine(engine_python, SCRIPT, [seen, rule])
    assert (name, count) == (name, tried)
    assert [case[:3] for case in added] == [["contrast-0", "random", "torch.float32"] for _ in levels]
    assert all(abs(case[3] - level) < 8 for case, level in zip(added, levels))
