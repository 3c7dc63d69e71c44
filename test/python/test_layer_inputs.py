"""Samples of what layers get: at the same places in each run, and under the names that the graph has."""

from engine_script import in_engine

NETWORK = """
import io
import numpy as np
import torch
from edge_engine.references import References
from edge_engine.layer_samples import LayerReferences
from edge_engine.torch_layers import LayerSamples
from edge_mmdeploy.traced_layers import layer_tensors, traced_inputs

class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 4, 1)
        self.relu = torch.nn.ReLU(inplace=True)
        self.second = torch.nn.Conv2d(4, 4, 1)
        self.beside = torch.nn.Conv2d(4, 4, 1)
        self.last = torch.nn.Linear(4, 2)

    def forward(self, x):
        y = self.relu(self.first(x))
        y = self.relu(self.second(y) + self.beside(y))
        return self.last(self.relu(self.second(y)).mean((2, 3)))

torch.manual_seed(0)
network = Network().eval()
samples = LayerSamples()

def run(rows, size):
    with torch.no_grad(), samples.taken(network) as values:
        network(torch.ones(rows, 3, size, size, dtype=next(network.parameters()).dtype))
    return values
"""
SHAPES = """
first, second = run(1, 8), run(3, 11)
print(json.dumps([{name: list(each.shape) for name, each in values.items()} for values in (first, second)]))
"""
TRACE = """
with traced_inputs(network) as found:
    network(torch.ones(1, 3, 8, 8))
print(json.dumps(list(found)))
"""
ATTACH = """
references, layers = References(), LayerReferences()
for case, size in (("a", 8), ("b", 16), ("c", 9), ("d", 10)):
    references.add(case, "random", {"in": {"x": np.zeros(1, np.float32)}})
    single = run(1, size)
    network.double()
    layers.add(case, single, run(1, size) if given["double"] else single)
    network.float()
tensors = layer_tensors(["raw.head", "layer.second", "layer.last", "layer.unknown"])
layers.attach(references, samples.samplings, tensors)
print(json.dumps([sorted(name for name in references._tensors if "aux" in name), references.layers]))
"""


def ask(python: str, script: str, **given: object) -> list:
    return in_engine(python, NETWORK + script, given)


def test_two_rows_of_a_map_and_every_second_place_of_the_first_call(engine_python: str) -> None:
    small, large = ask(engine_python, SHAPES)
    maps = {"second": [1, 4, 4, 4], "beside": [1, 4, 4, 4]}
    assert small == {"first": [1, 3, 4, 4], **maps, "last": [1, 4]}
    assert large["second"] == [2, 4, 6, 6]
    assert large["last"] == [3, 4]


def test_a_trace_returns_each_tensor_once(engine_python: str) -> None:
    assert ask(engine_python, TRACE) == ["layer.first", "layer.second", "layer.last"]


def test_the_three_cheapest_cases_are_kept_of_layers_that_the_graph_has(engine_python: str) -> None:
    kept, layers = ask(engine_python, ATTACH, double=True)
    parts = [f"{part}/layer.{name}" for part in ("layer.fp32", "layer.fp64") for name in ("last", "second")]
    assert kept == [f"{case}/aux/{part}" for case in "acd" for part in parts]
    assert layers == {
        "layer.second": {"channel_axis": 1, "rows": 2, "steps": [1, 1, 2, 2], "layer": "second"},
        "layer.last": {"channel_axis": 1, "rows": 8, "steps": [1, 1], "layer": "last"},
    }


def test_without_float64_nothing_is_kept(engine_python: str) -> None:
    assert ask(engine_python, ATTACH, double=False) == [[], {}]
