"""A frozen GraphDef as a source."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from tf2onnx import tf_loader

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .checkpoint import Checkpoint
from .graph_ops import refuse_reaching, refuse_unknown
from .ports import Arrays, port_of
from .source import GraphRunner, Source

VARIABLES = ("VariableV2", "VarHandleOp", "Variable", "ReadVariableOp")


def graph_source(checkpoint: Checkpoint, request: Request) -> Source:
    """`Failure` for a graph that is not frozen, reaches out, or has no tensor of a name that the options say."""
    graph = read_graph(checkpoint)
    functions = {function.signature.name: function for function in graph.library.function}
    nodes = [*graph.node, *(node for function in functions.values() for node in function.node_def)]
    refuse_reaching(nodes, checkpoint.shown)
    refuse_unknown(nodes, functions, checkpoint.shown)
    variable = next((node.name for node in nodes if node.op in VARIABLES), None)
    if variable is not None:
        hint = "Freeze it: variables as constants; or upload the SavedModel."
        raise Failure("input", "not-frozen", f"{checkpoint.shown} has the variable {variable} without a value", hint)
    try:
        with tf.Graph().as_default() as imported:
            tf.import_graph_def(graph, name="")
    except ValueError as error:
        message = f"TensorFlow cannot read the graph of {checkpoint.shown}: {last_line(error)[:300]}"
        raise Failure("input", "checkpoint-unreadable", message, "Freeze the model again.") from error
    wanted = request.options
    inputs = _tensors(imported, wanted.get("inputs") or _placeholders(graph), "inputs", checkpoint)
    outputs = _tensors(imported, wanted.get("outputs") or _ends(graph), "outputs", checkpoint)
    ins = tuple(port_of(_short(tensor.name), tensor) for tensor in inputs)
    outs = tuple(port_of(_short(tensor.name), tensor) for tensor in outputs)
    runner = GraphRunner(graph, ins, [port.tensor for port in outs])

    def run(arrays: Arrays) -> Arrays:
        found = runner.run(arrays)
        return {port.name: found[port.tensor] for port in outs}

    with tf.device("/cpu:0"), tf.Graph().as_default():
        tf.import_graph_def(graph, name="")
        frozen = tf_loader.tf_optimize([port.tensor for port in ins], [port.tensor for port in outs], graph)
    return Source(request.name, ins, outs, run, frozen, raw=graph)


def read_graph(checkpoint: Checkpoint) -> Any:
    """`Failure` for bytes that are no GraphDef."""
    graph = tf.compat.v1.GraphDef()
    try:
        graph.ParseFromString(checkpoint.path.read_bytes())
    except DecodeError:
        graph.Clear()
    if not graph.node:
        message = f"{checkpoint.shown} is not a frozen GraphDef"
        hint = "Upload a GraphDef with nodes (.pb), or a SavedModel's folder with saved_model.pb in it."
        raise Failure("input", "checkpoint-unreadable", message, hint)
    return graph


def _placeholders(graph: Any) -> list[str]:
    return [node.name for node in graph.node if node.op == "Placeholder"]


def _ends(graph: Any) -> list[str]:
    """Nodes whose value nobody reads."""
    read = {entry.lstrip("^").split(":")[0] for node in graph.node for entry in node.input}
    idle = ("Placeholder", "Const", "NoOp", "Assert")
    return [node.name for node in graph.node if node.name not in read and node.op not in idle]


def _tensors(imported: Any, names: Sequence[str], option: str, checkpoint: Checkpoint) -> list[Any]:
    if not names:
        message = f"{checkpoint.shown} does not say its {option}"
        raise Failure("input", "ports-unknown", message, f"Name them: tensorflow: {{{option}: [name]}}")
    found = []
    for name in names:
        try:
            found.append(imported.get_tensor_by_name(name if ":" in name else f"{name}:0"))
        except (KeyError, ValueError) as error:
            known = ", ".join((_placeholders if option == "inputs" else _ends)(imported.as_graph_def())[:8])
            message = f"tensorflow.{option} names {name}, which {checkpoint.shown} does not have"
            raise Failure("input", "ports-unknown", message, f"It has {known}.") from error
    return found


def _short(tensor: str) -> str:
    """As a device says it: `image` for `image:0`."""
    return tensor.removesuffix(":0")
