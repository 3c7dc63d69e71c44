"""Which tensor of the ONNX a layer of the tensorflow engine gets; none where that is not beyond doubt."""

import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[2] / "components/tensorflow"))

from edge_tensorflow.layer_kinds import layer_name
from edge_tensorflow.layer_tensors import layer_inputs

Rows = list[tuple[str, str, list[str]]]


def raw(*rows: "tuple[str, str, list[str]]", **attributes: Any) -> Any:
    """A GraphDef: operator, name, inputs. attributes: of all nodes."""
    attr: dict[str, Any] = defaultdict(lambda: SimpleNamespace(s=b"", b=False), attributes)
    return SimpleNamespace(node=[SimpleNamespace(op=op, name=name, input=given, attr=attr) for op, name, given in rows])


def onnx(*rows: "tuple[str, str, list[str]]", outputs: "tuple[str, ...]" = ()) -> Any:
    """A graph: operator, output, inputs."""
    nodes = [SimpleNamespace(op_type=op, output=[name], input=given, attribute=[]) for op, name, given in rows]
    return SimpleNamespace(node=nodes, output=[SimpleNamespace(name=name) for name in outputs])


def found(source: Any, graph: Any) -> list[tuple[str, str, str, bool]]:
    return [(each.layer, each.source, each.tensor, each.is_moved) for each in layer_inputs(source, graph)]


CONVOLUTION = raw(("Relu", "m/a/Relu", ["x"]), ("Conv2D", "m/b/convolution", ["m/a/Relu", "w"]))


def test_a_convolution_gets_a_tensor_of_its_name_behind_transpositions() -> None:
    direct = onnx(("Relu", "m/a/Relu:0", ["x"]), ("Conv", "y", ["m/a/Relu:0", "w"]))
    assert found(CONVOLUTION, direct) == [("m/b", "m/a/Relu:0", "m/a/Relu:0", True)]
    moved = onnx(("Relu", "m/a/Relu:0", ["x"]), ("Transpose", "t", ["m/a/Relu:0"]), ("Conv", "y", ["t", "w"]))
    assert found(CONVOLUTION, moved) == [("m/b", "m/a/Relu:0", "t", True)]


def test_a_name_between_which_and_the_layer_values_change_is_not_taken() -> None:
    graph = onnx(("Relu", "m/a/Relu:0", ["x"]), ("Mul", "t", ["m/a/Relu:0", "c"]), ("Conv", "y", ["t", "w"]))
    assert found(CONVOLUTION, graph) == []


def test_what_a_layer_of_another_kind_reads_is_not_taken() -> None:
    graph = onnx(("Relu", "m/a/Relu:0", ["x"]), ("MatMul", "y", ["m/a/Relu:0", "w"]))
    assert found(CONVOLUTION, graph) == []


def test_inputs_and_outputs_of_the_graph_are_compared_anyway() -> None:
    assert found(CONVOLUTION, onnx(("Conv", "y", ["m/a/Relu:0", "w"]))) == []
    shown = onnx(("Relu", "m/a/Relu:0", ["x"]), ("Conv", "y", ["m/a/Relu:0", "w"]), outputs=("m/a/Relu:0",))
    assert found(CONVOLUTION, shown) == []


def test_channels_that_are_second_in_the_source_stay_there() -> None:
    rows: Rows = [("Relu", "a", ["x"]), ("Conv2D", "m/b/convolution", ["a", "w"])]
    source = raw(*rows, data_format=SimpleNamespace(s=b"NCHW"))
    assert found(source, onnx(("Relu", "a:0", ["x"]), ("Conv", "y", ["a:0", "w"]))) == [("m/b", "a:0", "a:0", False)]


def test_a_norm_that_no_convolution_took_up_is_a_layer() -> None:
    source = raw(("Add", "sum", ["x", "y"]), ("FusedBatchNormV3", "m/norm/FusedBatchNormV3", ["sum", "scale"]))
    graph = onnx(("Add", "sum:0", ["x", "y"]), ("BatchNormalization", "n", ["sum:0", "scale"]))
    assert found(source, graph) == [("m/norm", "sum:0", "sum:0", True)]


def test_a_pad_may_be_part_of_the_convolution_behind_it() -> None:
    source = raw(("Relu", "a", ["x"]), ("Pad", "p", ["a", "pads"]), ("Conv2D", "m/b/convolution", ["p", "w"]))
    joined = onnx(("Relu", "a:0", ["x"]), ("Conv", "y", ["a:0", "w"]))
    assert found(source, joined) == [("m/b", "a:0", "a:0", True)]
    apart = onnx(("Relu", "a:0", ["x"]), ("Pad", "p:0", ["a:0"]), ("Conv", "y", ["p:0", "w"]))
    assert found(source, apart) == [("m/b", "p:0", "p:0", True)]


def test_a_name_that_lost_its_blocks_is_another_tensor() -> None:
    blocks: Rows = [("SpaceToBatchND", "s", ["a", "sizes", "pads"]), ("ExpandDims", "e", ["s", "axis"])]
    source = raw(("Relu", "a", ["x"]), *blocks, ("Conv2D", "m/b/convolution", ["e", "w"]))
    graph = onnx(("Relu", "a:0", ["x"]), ("Unsqueeze", "e:0", ["a:0"]), ("Conv", "y", ["e:0", "w"]))
    assert found(source, graph) == []


def test_a_tensor_has_all_names_of_what_only_hands_it_on() -> None:
    handed: Rows = [("Mul", "a", ["x", "x"]), ("IdentityN", "i", ["b", "a"]), ("Identity", "j", ["i:1"])]
    source = raw(*handed, ("MatMul", "m/dense/MatMul", ["j", "w"]))
    graph = onnx(("Mul", "a:0", ["x", "x"]), ("Squeeze", "s", ["a:0"]), ("Gemm", "y", ["s", "w"]))
    assert found(source, graph) == [("m/dense", "j:0", "s", False)]


def test_an_einsum_is_a_product_where_it_sums_over_the_last_axes_of_its_first_operand() -> None:
    rows: Rows = [("Relu", "a", ["x"]), ("Einsum", "m/query/einsum/Einsum", ["a", "w"])]
    folded = onnx(("Relu", "a:0", ["x"]), ("Reshape", "r", ["a:0", "shape"]), ("Gemm", "y", ["r", "w"]))
    turned = onnx(("Relu", "a:0", ["x"]), ("Transpose", "t", ["a:0"]), ("MatMul", "y", ["t", "w"]))

    def source(equation: bytes) -> Any:
        return raw(*rows, equation=SimpleNamespace(s=equation))

    assert found(source(b"abc,cde->abde"), folded) == [("m/query", "a:0", "a:0", False)]
    assert found(source(b"abc,cde->abde"), turned) == []
    for other in (b"acb,cde->abde", b"aecd,abcd->acbe", b"abc->ab"):
        assert found(source(other), folded) == []


def test_a_recurrent_layer_gets_what_its_list_is_made_of() -> None:
    source = raw(
        ("Transpose", "m/lstm/transpose", ["x", "order"]),
        ("TensorListFromTensor", "m/lstm/TensorArrayUnstack/TensorListFromTensor", ["m/lstm/transpose", "shape"]),
    )
    graph = onnx(("Transpose", "m/lstm/transpose:0", ["x"]), ("LSTM", "y", ["m/lstm/transpose:0", "w", "r"]))
    assert found(source, graph) == [("m/lstm", "m/lstm/transpose:0", "m/lstm/transpose:0", False)]


def test_a_layer_is_called_by_its_path() -> None:
    assert layer_name("StatefulPartitionedCall/m/dense_1/Tensordot/MatMul", ()) == "m/dense_1"
    assert layer_name("MatMul_1", ()) == "MatMul_1"
    assert layer_name("m/attention/einsum_1/Einsum", {"m/attention/einsum_1"}) == "m/attention/einsum_1/Einsum"
