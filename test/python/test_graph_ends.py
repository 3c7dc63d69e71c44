"""What an output's numbers are, read from the graph's last operators."""

import pytest
from engine_script import in_engine

SCRIPT = """
import onnx
from onnx import TensorProto, helper
from edge_mmdeploy.graph_ends import Ends

nodes = [helper.make_node(op, inputs, outputs, **attributes) for op, inputs, outputs, attributes in given["nodes"]]
constants = [helper.make_tensor(name, TensorProto.FLOAT, [1], [value]) for name, value in given["constants"].items()]
x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
ends = Ends(helper.make_model(helper.make_graph(nodes, "g", [x], [y], constants)))
end = ends.of("y")
print(json.dumps([end.activation, end.threshold, ends.suppresses, ends.suppresses_across_classes]))
"""


def ends(python: str, *nodes: list, **constants: float) -> list:
    full = [[op, inputs, outputs, {}] for op, inputs, outputs in nodes]
    return in_engine(python, SCRIPT, {"nodes": full, "constants": constants})


@pytest.mark.parametrize(
    ("name", "nodes", "expected"),
    [
        ("softmax", [["Softmax", ["x"], ["y"]]], ["softmax_inside", None]),
        ("sigmoid, moved", [["Sigmoid", ["x"], ["a"]], ["Identity", ["a"], ["y"]]], ["sigmoid_inside", None]),
        ("argmax", [["ArgMax", ["x"], ["a"]], ["Cast", ["a"], ["y"]]], ["argmax_inside", None]),
        ("threshold", [["Greater", ["x", "c"], ["a"]], ["Cast", ["a"], ["y"]]], ["threshold_inside", 0.25]),
        ("computed threshold", [["Exp", ["x"], ["a"]], ["Greater", ["x", "a"], ["y"]]], [None, None]),
        ("scores", [["MatMul", ["x", "c"], ["y"]]], ["none", None]),
        ("scores with a bias", [["MatMul", ["x", "c"], ["a"]], ["Add", ["a", "c"], ["y"]]], ["none", None]),
        ("a sum of two", [["Softmax", ["x"], ["a"]], ["Add", ["a", "x"], ["y"]]], [None, None]),
        ("after the softmax", [["Softmax", ["x"], ["a"]], ["Mul", ["a", "c"], ["y"]]], [None, None]),
        ("nothing", [], [None, None]),
    ],
)
def test_the_last_operator_decides(name: str, nodes: list, expected: list, engine_python: str) -> None:
    assert ends(engine_python, *nodes, c=0.25)[:2] == expected


SUPPRESS = ["NonMaxSuppression", ["x", "s"], ["y"]]


@pytest.mark.parametrize(
    ("name", "nodes", "across"),
    [
        ("class by class", [["Transpose", ["x"], ["s"]], SUPPRESS], False),
        ("the largest of all", [["ReduceMax", ["x"], ["a"]], ["Unsqueeze", ["a"], ["s"]], SUPPRESS], True),
        (
            "of the chosen boxes",
            [["ReduceMax", ["x"], ["a"]], ["GatherND", ["a", "x"], ["b"]], ["Unsqueeze", ["b"], ["s"]], SUPPRESS],
            True,
        ),
        (
            "the largest only chooses boxes",
            [["ReduceMax", ["x"], ["a"]], ["TopK", ["a"], ["v", "i"]], ["GatherND", ["x", "i"], ["s"]], SUPPRESS],
            False,
        ),
        (
            "of proposals only",
            [
                ["ReduceMax", ["x"], ["a"]],
                ["NonMaxSuppression", ["x", "a"], ["b"]],
                ["Gather", ["x", "b"], ["s"]],
                SUPPRESS,
            ],
            False,
        ),
    ],
)
def test_whether_boxes_of_one_class_suppress_those_of_another(
    name: str, nodes: list, across: bool, engine_python: str
) -> None:
    assert ends(engine_python, *nodes)[2:] == [True, across]


def test_a_graph_that_suppresses_nothing(engine_python: str) -> None:
    assert ends(engine_python, ["Softmax", ["x"], ["y"]])[2:] == [False, False]
