"""Functions of one number in a model that MMDeploy rewrites: the source's own, where they are still one operator."""

import numpy as np
import pytest
from engine_script import in_engine

SCRIPT = """
import io
import marshal
from dataclasses import astuple
import numpy as np
import onnx
import torch
from torch import nn
from edge_engine.references import References
from edge_mmdeploy.source_functions import attach_source_functions
from edge_mmdeploy.traced_functions import TracedFunctions, noted_functions, traced_functions

class Block(nn.Module):
    # A bound that hangs on the size of the picture.
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU6()
    def forward(self, x):
        return self.act(x).clamp(max=float(x.shape[-1]))

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.block, self.act, self.slopes = Block(), nn.Hardtanh(-2.0, 2.0), nn.PReLU(3)
    def forward(self, x):
        return self.slopes(self.act(self.block(x))) + nn.functional.leaky_relu(x, 0.3)

class Other(nn.Module):
    def forward(self, x):
        return x.clamp(min=-2.0).clamp(max=2.0)

class Sigmoid(nn.Module):
    def forward(self, x):
        return x.sigmoid()

source, rewritten = Network().eval(), Network().eval()
if given == "bound":
    rewritten.block.act = nn.Hardtanh(0.0, 5.0)
if given == "two operators":
    rewritten.act = Other()
if given == "another":
    rewritten.block.act = Sigmoid()

with torch.no_grad(), noted_functions(source) as own:
    source(torch.rand(1, 3, 4, 4))
file = io.BytesIO()
forward = rewritten.forward
def both(x):
    global traced
    with traced_functions(rewritten) as traced:
        return forward(x)
rewritten.forward = both
torch.onnx.export(rewritten, (torch.rand(1, 3, 8, 8),), file, opset_version=11)
# As it comes from another process.
traced = TracedFunctions(*marshal.loads(marshal.dumps(astuple(traced)))).noted()

references = References()
references.add("one", "random", {"in": {"x": np.zeros(1)}, "fp32": {"y": np.zeros(1)}})
count = attach_source_functions(references, onnx.load_from_string(file.getvalue()).graph, traced, (source, own))
most = {name: float(references.array("one", "aux", f"function.fp32/{name}").max()) for name in references.functions}
found = {name: [each["function"], each["layer"], most[name]] for name, each in references.functions.items()}
print(json.dumps([count, found]))
"""
ACT = {"/block/act/Clip_output_0": ["hardtanh", "block.act", 6]}
#: Of the size that was traced, not of the one that the source was run with.
SIZE = {"/block/Clip_output_0": ["clamp", "block", 8]}
OTHERS = {"/act/Clip_output_0": ["hardtanh", "act", 2]}


@pytest.mark.parametrize(
    ("rewriting", "count", "found"),
    [
        ("", (5, 5), {**ACT, **SIZE, **OTHERS}),
        # The source's bound is 6.
        ("bound", (5, 5), {**ACT, **SIZE, **OTHERS}),
        (
            "two operators",
            (6, 6),
            {
                **ACT,
                **SIZE,
                "/act/Clip_output_0": ["clamp", "act", 250],
                "/act/Clip_1_output_0": ["clamp", "act", 2],
            },
        ),
        ("another", (5, 4), {**SIZE, **OTHERS}),
    ],
)
def test_the_source_own_functions_are_compared_where_they_are_one_operator_still(
    rewriting: str, count: tuple[int, int], found: dict, engine_python: str
) -> None:
    counted, functions = in_engine(engine_python, SCRIPT, rewriting)

    assert counted == dict(zip(("source", "compared"), count))
    others = sorted(each[:2] for name, each in functions.items() if "Clip" not in name)
    assert others == [["leaky_relu", ""], ["prelu", "slopes"]]
    clips = {name: each for name, each in functions.items() if "Clip" in name}
    assert {name: each[:2] for name, each in clips.items()} == {name: each[:2] for name, each in found.items()}
    assert all(np.isclose(clips[name][2], found[name][2], rtol=0.02) for name in clips)


TRACE = """
import io
from contextlib import nullcontext
import torch
from edge_mmdeploy.traced_functions import traced_functions

class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.act = torch.nn.ReLU6()
    def forward(self, x):
        return self.act(x.repeat(2, 1)) + x.shape[-1]

own = torch.Tensor.repeat
# As MMDeploy rewrites a method of a tensor.
torch.Tensor.repeat = lambda self, *sizes: own(self + 1, *sizes)

def exported(looked_into):
    network, file = Network().eval(), io.BytesIO()
    forward = network.forward
    def both(x):
        with looked_into(network):
            return forward(x)
    network.forward = both
    axes = {"x": {1: "n"}}
    torch.onnx.export(network, (torch.rand(1, 3),), file, opset_version=11, input_names=["x"], dynamic_axes=axes)
    return file.getvalue()

print(json.dumps(exported(traced_functions) == exported(lambda _: nullcontext())))
"""


def test_a_graph_is_the_same_whether_functions_are_noted_or_not(engine_python: str) -> None:
    assert in_engine(engine_python, TRACE) is True
