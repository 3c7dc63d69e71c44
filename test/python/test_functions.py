"""Numbers that functions inside a network are tried with, and where an exported graph has these functions."""

from types import SimpleNamespace as Namespace

import numpy as np
from engine_script import in_engine

from edge_engine.functions import Function, Place, attach_functions, constants_of, numbers_for, place_of
from edge_engine.references import References

#: Of the four calls of one module.
NAMES = ("act", "act_1", "act_2", "act_3")
CLIPS = """
sys.path[:0] = [sys.argv[1] + "/components/torch"]
import io
import onnx
import torch
from edge_engine.torch_functions import FunctionCalls, places
from edge_engine.torch_calls import Calls
from edge_engine.torch_scopes import keys_of
nn, F = torch.nn, torch.nn.functional

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU6()
    def forward(self, x):
        return self.act(self.act(x + 1) * 2).clamp(-1, 3)

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.block, self.act_1, self.soft = Block(), nn.Hardtanh(-7, 7), nn.Softplus(2.0)
        self.swish = nn.Hardswish()
    def forward(self, x):
        y = self.swish(self.block(self.block(x)))
        whole = torch.clamp((x * 4).long(), 0, 2)
        return self.act_1(y) + self.soft(y) + F.leaky_relu(y, 0.3) + whole + torch.clamp(y, 0.5, 9.0)

network, calls = Network().eval(), Calls()
functions = FunctionCalls(lambda: calls.here[0], lambda: calls.here)
x = torch.rand(2, 3)
with torch.no_grad(), calls.watched(network), functions:
    network(x)
file = io.BytesIO()
torch.onnx.export(network, (x,), file, opset_version=13)
graph = onnx.load_from_string(file.getvalue()).graph
of_call, of_node = keys_of(graph, calls, "")
found = places(graph, [(of_call(where), call) for where, call in functions.calls], of_node)
print(json.dumps([[each.function.name, each.function.layer, each.function.constants, each.output] for each in found]))
"""


def test_numbers_lie_on_both_sides_of_zero_and_beyond_what_the_function_knows() -> None:
    rows, given = numbers_for(Function("clamp", "act", np.abs, (-3.0, 4000.0, 1e38)))

    scales = np.abs(given.reshape(-1, rows)).max(axis=1)
    assert given.dtype == np.float32
    assert np.allclose(scales, [0.06, 0.98, 5.9, 15.7, 251, 7842], rtol=0.03)
    assert all((part < 0).sum() >= 8 and (part > 0).sum() >= 8 for part in given.reshape(-1, rows))
    assert given.max() > 4000


def test_each_channel_gets_small_and_large_numbers() -> None:
    rows, given = numbers_for(Function("prelu", "act", np.abs, channels=64, axes=4))

    assert given.shape[1:] == (64, 1, 1)
    first = given[:rows, :, 0, 0]
    assert (first.min(axis=0) < 0).all() and (first.max(axis=0) > 0).all()


def test_a_function_and_what_it_gives_are_kept() -> None:
    references = References()
    references.add("one", "random", {"in": {"x": np.zeros(1)}, "fp32": {"y": np.zeros(1)}})
    place = Place(Function("relu6", "act", lambda x: np.clip(x, 0, 6), (6.0,)), "h", "y")

    assert attach_functions(references, "one", [place, place]) == 1
    assert references.functions == {"y": {"input": "h", "function": "relu6", "layer": "act", "rows": 32}}
    assert references.array("one", "aux", "function.fp32/y").max() == 6
    assert references.array("one", "aux", "function.fp64/y").dtype == np.float64


def test_a_function_that_cannot_be_computed_in_float64_is_left_out() -> None:
    references = References()
    references.add("one", "random", {"in": {"x": np.zeros(1)}, "fp32": {"y": np.zeros(1)}})
    narrow = Function("own", "act", lambda x: x.astype(np.float32))

    assert attach_functions(references, "one", [Place(narrow, "h", "y")]) == 0
    assert references.functions == {}


def test_an_operator_of_two_tensors_is_no_place() -> None:
    function = Function("clamp", "", np.abs)
    clip = Namespace(op_type="Clip", input=["h", "least", ""], output=["y"])
    most = Namespace(op_type="Max", input=["h", "y"], output=["z"])
    graph = Namespace(node=[clip, most], initializer=[Namespace(name="least")])

    found = [place_of(function, node, constants_of(graph)) for node in graph.node]
    assert found == [Place(function, "h", "y"), None]


def test_calls_of_torch_are_found_in_the_graph_whichever_call_of_a_module_they_are_in(engine_python: str) -> None:
    found = in_engine(engine_python, CLIPS, {})

    # Not the softplus of several operators, and not the integers' clamp, which still is the first of the network's own.
    relu6 = [["hardtanh", "block.act", [0, 6], f"/block/{name}/Clip_output_0"] for name in NAMES]
    assert found == [
        *relu6,
        ["clamp", "block", [-1, 3], "/block/Clip_output_0"],
        ["clamp", "block", [-1, 3], "/block_1/Clip_output_0"],
        # The part of a hard swish that this opset has as one operator.
        ["hardsigmoid", "swish", [], "/swish/HardSigmoid_output_0"],
        ["clamp", "", [0.5, 9], "/Clip_1_output_0"],
        ["hardtanh", "act_1", [-7, 7], "/act_1/Clip_output_0"],
        ["leaky_relu", "", [0.3], "/LeakyRelu_output_0"],
    ]
