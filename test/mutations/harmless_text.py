"""What no runtime looks at: names, texts, order, encoding."""

import onnx
from onnx import helper, numpy_helper

from .editing import op
from .registry import NotApplicable, harmless


@harmless("nothing changed")
def nothing(_: onnx.ModelProto) -> None:
    pass


@harmless("other names of nodes")
def node_names(model: onnx.ModelProto) -> None:
    for at, node in enumerate(model.graph.node):
        node.name = f"n{at}"


@harmless("nodes without names")
def no_names(model: onnx.ModelProto) -> None:
    for node in model.graph.node:
        node.name = ""


@harmless("other names of all inner tensors that no reference names")
def tensor_names(model: onnx.ModelProto) -> None:
    named = {name for name in _names(model) if name.startswith(("raw.", "nms.", "layer."))}
    kept = {value.name for value in [*model.graph.input, *model.graph.output]} | {""} | named
    names = {name: name if name in kept else f"t.{at}" for at, name in enumerate(_names(model))}
    for each in model.graph.initializer:
        each.name = names.get(each.name, each.name)
    for node in model.graph.node:
        for part in (node.input, node.output):
            for at, name in enumerate(part):
                part[at] = names.get(name, name)
    del model.graph.value_info[:]


def _names(model: onnx.ModelProto) -> list[str]:
    made = [name for node in model.graph.node for name in node.output]
    return [*(each.name for each in model.graph.initializer), *made]


@harmless("doc strings")
def doc_strings(model: onnx.ModelProto) -> None:
    model.doc_string = "a model"
    model.graph.doc_string = "a graph"
    for node in model.graph.node:
        node.doc_string = "a node"


@harmless("metadata, and another producer")
def metadata(model: onnx.ModelProto) -> None:
    helper.set_model_props(model, {"author": "a team", "task": "demo"})
    model.producer_name, model.producer_version = "another exporter", "9.9"


@harmless("another name of the graph")
def graph_name(model: onnx.ModelProto) -> None:
    model.graph.name = "another"


@harmless("weights in another order")
def initializer_order(model: onnx.ModelProto) -> None:
    kept = [onnx.TensorProto.FromString(each.SerializeToString()) for each in model.graph.initializer][::-1]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


@harmless("nodes in another order that is allowed")
def node_order(model: onnx.ModelProto) -> None:
    left = [onnx.NodeProto.FromString(each.SerializeToString()) for each in model.graph.node]
    made = {name for node in left for name in node.output}
    known, ordered = set[str](), list[onnx.NodeProto]()
    while left:
        # The last one that can run, for the first.
        node = next(each for each in reversed(left) if all(name in known or name not in made for name in each.input))
        left.remove(node)
        ordered.append(node)
        known.update(node.output)
    del model.graph.node[:]
    model.graph.node.extend(ordered)


@harmless("weights as lists of numbers for raw bytes")
def float_data(model: onnx.ModelProto) -> None:
    for each in model.graph.initializer:
        if each.data_type != onnx.TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(each)
        each.ClearField("raw_data")
        each.float_data.extend(values.ravel().tolist())


@harmless("weights as Constant nodes")
def constants(model: onnx.ModelProto) -> None:
    kept = [onnx.TensorProto.FromString(each.SerializeToString()) for each in model.graph.initializer]
    del model.graph.initializer[:]
    for each in kept:
        model.graph.node.insert(0, op("Constant", [], each.name, value=each))


@harmless("Constant nodes as weights")
def initializers(model: onnx.ModelProto) -> None:
    kept = []
    for node in list(model.graph.node):
        if node.op_type != "Constant":
            kept.append(onnx.NodeProto.FromString(node.SerializeToString()))
            continue
        tensor = onnx.TensorProto.FromString(helper.get_attribute_value(node.attribute[0]).SerializeToString())
        tensor.name = node.output[0]
        model.graph.initializer.append(tensor)
    if len(kept) == len(model.graph.node):
        raise NotApplicable("no Constant")
    del model.graph.node[:]
    model.graph.node.extend(kept)


@harmless("weights that are listed among the inputs, as old exporters do")
def listed_inputs(model: onnx.ModelProto) -> None:
    for each in model.graph.initializer[:5]:
        model.graph.input.append(helper.make_tensor_value_info(each.name, each.data_type, list(each.dims)))


@harmless("a weight that nothing uses")
def unused_weight(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(helper.make_tensor("unused", onnx.TensorProto.FLOAT, [2], [1.0, 2.0]))


@harmless("a node that nothing uses")
def unused_node(model: onnx.ModelProto) -> None:
    model.graph.node.append(op("Identity", [model.graph.input[0].name], "unused"))


@harmless("an import of a domain that is not used")
def unused_domain(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("ai.onnx.ml", 2))


@harmless("no types of inner tensors")
def no_types(model: onnx.ModelProto) -> None:
    del model.graph.value_info[:]


@harmless("the types of all inner tensors")
def all_types(model: onnx.ModelProto) -> None:
    model.CopyFrom(onnx.shape_inference.infer_shapes(model))
