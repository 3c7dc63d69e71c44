"""Files that no device could load, or that would read what they should not."""

import onnx
from onnx import TensorProto, helper

from .editing import op
from .registry import wrong


@wrong("an opset that is too new", "structure")
def future_opset(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 99


@wrong("an IR that is too new", "structure")
def future_ir(model: onnx.ModelProto) -> None:
    model.ir_version = 99


@wrong("an operator of an unknown domain", "structure")
def unknown_domain(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "mmdeploy"
    model.opset_import.append(helper.make_opsetid("mmdeploy", 1))


@wrong("an operator that does not exist", "load")
def no_operator(model: onnx.ModelProto) -> None:
    model.graph.node[0].op_type = "Nonsense"


@wrong("an operator without an input", "load")
def no_input(model: onnx.ModelProto) -> None:
    node = next(each for each in model.graph.node if each.op_type == "Conv")
    node.input[0] = "nowhere"


@wrong("no output", "structure")
def no_output(model: onnx.ModelProto) -> None:
    del model.graph.output[:]


@wrong("a second input that nobody feeds", "contract")
def second_input(model: onnx.ModelProto) -> None:
    shape = [each.dim_param or each.dim_value for each in model.graph.input[0].type.tensor_type.shape.dim]
    model.graph.input.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, shape))


@wrong("random numbers that nothing uses", "structure")
def unused_random(model: onnx.ModelProto) -> None:
    model.graph.node.insert(0, op("RandomNormal", [], "unused", shape=[1]))


def _external(title: str, location: str) -> None:
    @wrong(title, "structure")
    def edit(model: onnx.ModelProto) -> None:
        tensor = max(model.graph.initializer, key=lambda each: len(each.raw_data))
        length = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", "0"), ("length", str(length))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value


_external("weights in a file that is missing", "weights.bin")
_external("weights in a file outside of the folder", "../../weights.bin")
_external("weights in a file of the machine", "/etc/hostname")
