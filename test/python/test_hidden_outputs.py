"""Outputs of the traced model that become intermediate tensors of the graph again."""

import pytest
from engine_script import in_engine

SCRIPT = """
from onnx import TensorProto, helper
from edge_mmdeploy.intermediate_tensors import hide_intermediate

nodes = [helper.make_node(op, inputs, [f"{op}{index}"] if len(outputs) == 0 else outputs)
         for index, (op, inputs, outputs) in enumerate(given["nodes"])]
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in given["outputs"]]
x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])
weight = helper.make_tensor("w", TensorProto.FLOAT, [1], [2.0])
graph = helper.make_graph(nodes, "g", [x], values, [weight])
left_out = hide_intermediate(graph, given["names"])
print(json.dumps({
    "left_out": left_out,
    "outputs": [value.name for value in graph.output],
    "nodes": [[node.op_type, list(node.input), list(node.output)] for node in graph.node],
}))
"""
HEAD = ["Mul", ["x", "w"], ["1"]]
SOFTMAX = ["Softmax", ["1"], ["output"]]


def hide(python: str, nodes: list, outputs: list[str]) -> dict:
    names = [f"raw.{index}" for index in range(len(outputs) - 1)]
    return in_engine(python, SCRIPT, {"nodes": nodes, "outputs": outputs, "names": names})


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("as it is", [HEAD, SOFTMAX]),
        ("an Identity goes", [HEAD, SOFTMAX, ["Identity", ["1"], ["2"]]]),
    ],
)
def test_a_head_keeps_its_name_inside_and_the_nodes_are_as_before(engine_python: str, name: str, nodes: list) -> None:
    hidden = hide(engine_python, nodes, ["output", "2" if len(nodes) > 2 else "1"])
    assert hidden == {
        "left_out": {},
        "outputs": ["output"],
        "nodes": [["Mul", ["x", "w"], ["raw.0"]], ["Softmax", ["raw.0"], ["output"]]],
    }


@pytest.mark.parametrize("tensor", ["output", "x", "w"])
def test_what_has_a_name_already_keeps_it(engine_python: str, tensor: str) -> None:
    hidden = hide(engine_python, [HEAD, SOFTMAX], ["output", tensor])
    assert "itself an input, an output or a constant" in hidden["left_out"]["raw.0"]
    assert hidden["nodes"] == [HEAD, SOFTMAX]


def test_rows_that_were_picked_by_their_scores_are_left_out(engine_python: str) -> None:
    nodes = [HEAD, ["TopK", ["1", "w"], ["2", "3"]], ["Relu", ["2"], ["4"]], SOFTMAX]
    hidden = hide(engine_python, nodes, ["output", "4", "1"])
    assert list(hidden["left_out"]) == ["raw.0"]
    assert "TopK" in hidden["left_out"]["raw.0"]
    assert ["Softmax", ["raw.1"], ["output"]] in hidden["nodes"]
