"""Which tensor of an exported graph a layer of the source gets; none where that is not beyond doubt."""

from engine_script import in_engine

HEAD = """
sys.path[:0] = [sys.argv[1] + "/components/torch"]
import io
import onnx
import torch
from edge_engine.torch_calls import Calls
from edge_torch.layer_tensors import layer_tensors
nn = torch.nn
"""
ASK = """
torch.manual_seed(0)
network, calls = Network().eval(), Calls()
x = torch.ones(*given["shape"])
with torch.no_grad(), calls.watched(network):
    network(x)
file = io.BytesIO()
torch.onnx.export(network, (x,), file, opset_version=13)
graph = onnx.load_from_string(file.getvalue()).graph
found = layer_tensors(graph, network, calls, "")
makers = {output: node for node in graph.node for output in node.output}
readers = {path: [node.op_type for node in graph.node if name in node.input] for path, name in found.items()}
print(json.dumps({path: [makers[name].op_type, *readers[path]] for path, name in found.items()}))
"""


def ask(python: str, network: str, shape: list[int]) -> dict[str, list[str]]:
    """By a layer's path, the operators that give and read its input."""
    found: dict[str, list[str]] = in_engine(python, HEAD + network + ASK, {"shape": shape})
    return found


NESTED = """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.after = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 1))
    def forward(self, x):
        return x + self.after(torch.sigmoid(self.norm(self.conv(x))))

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.blocks = nn.Conv2d(3, 4, 1), nn.Sequential(Block(), Block())
        self.list = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.lstm, self.unused = nn.LSTM(4, 4, batch_first=True), nn.Linear(4, 4)
    def forward(self, x):
        y = self.blocks(self.stem(x)).flatten(2).transpose(1, 2)
        for each in self.list:
            y = torch.tanh(each(y))
        return self.lstm(y)[0]
"""


def test_layers_in_sequences_and_lists_and_those_joined_with_a_norm(engine_python: str) -> None:
    assert ask(engine_python, NESTED, [1, 3, 8, 8]) == {
        "blocks.0.conv": ["Conv", "Conv", "Add"],
        "blocks.0.after.0": ["Sigmoid", "Conv"],
        "blocks.0.after.2": ["Relu", "Conv"],
        "blocks.1.conv": ["Add", "Conv", "Add"],
        "blocks.1.after.0": ["Sigmoid", "Conv"],
        "blocks.1.after.2": ["Relu", "Conv"],
        "list.0": ["Transpose", "MatMul"],
        "list.1": ["Tanh", "MatMul"],
        "lstm": ["Tanh", "Transpose"],
    }


AGAIN = """
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.lin_1, self.tied = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)
        self.other = self.lin
        self.tied.weight, self.tied.bias = self.lin_1.weight, self.lin_1.bias
    def forward(self, x):
        y = torch.relu(self.lin(torch.tanh(x)))
        return self.tied(torch.sigmoid(self.lin_1(torch.exp(self.other(y)))))
"""


def test_a_layer_that_is_called_twice_and_one_that_has_its_second_calls_name_are_left_out(engine_python: str) -> None:
    assert ask(engine_python, AGAIN, [2, 4]) == {"tied": ["Sigmoid", "Gemm"]}


JOINED = """
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.turned, self.last = nn.Linear(4, 4), nn.Linear(4, 4)
        self.ring = nn.Conv1d(4, 4, 3, padding=1, padding_mode="circular")
    def forward(self, x):
        y = torch.relu(self.turned(torch.tanh(x).t()))
        return self.last(torch.sigmoid(self.ring(torch.exp(y)[None])[0]))
"""


def test_a_layer_that_gets_another_tensor_in_the_graph_is_left_out(engine_python: str) -> None:
    assert ask(engine_python, JOINED, [4, 4]) == {"last": ["Sigmoid", "Gemm"]}


UNNAMED = """
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.gone, self.last = nn.Linear(4, 4), nn.Linear(4, 4)
        self.weight = nn.Parameter(torch.ones(4, 4))
    def forward(self, x):
        self.gone(torch.exp(x))
        return self.last(torch.sigmoid(torch.tanh(x) @ self.weight))
"""


def test_a_layer_that_the_graph_lost_is_not_taken_for_an_operator_outside_of_layers(engine_python: str) -> None:
    assert ask(engine_python, UNNAMED, [2, 4]) == {"last": ["Sigmoid", "Gemm"]}
