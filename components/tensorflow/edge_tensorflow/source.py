"""The source model, whatever its form: its ports, the graph that is exported, and what it computes itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tf2onnx import tf_loader

from edge_engine.failure import Failure

from .ports import Arrays, Port, array_of

#: Of a terminal, which Keras writes into its messages.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
Run = Callable[[Arrays], Arrays]
CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
#: Marks of a function that is not put in the place of its calls.
KEPT_APART = ("_XlaMustCompile", "_noinline")
#: Of a key and a tensor of a graph, what is made of it there.
View = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Source:
    """inputs, outputs: in the source's order, by the names that the ONNX has them by."""

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    #: By the names of ports, batch first, in the source's own layout. Raises what TensorFlow raises.
    run: Run
    #: A frozen GraphDef as tf2onnx wants it, with tables that it reads; None for TFLite.
    graph: Any = None
    tables: dict[str, Any] = field(default_factory=dict)
    #: The same before anything was folded; None where TensorFlow cannot freeze it.
    raw: Any = None
    #: Runs in other ways that should give the same, where there is no float64.
    others: Sequence[Run] = ()
    #: Of TFLite: the file.
    file: str | None = None
    #: Of TFLite: of its tensors, as the file has them.
    names: Sequence[str] = ()


def raw_graph(function: Any) -> Any:
    """A function's graph with its variables as constants; None where TensorFlow cannot, as with tables."""
    try:
        return convert_variables_to_constants_v2(function, lower_control_flow=False).graph.as_graph_def()
    except (ValueError, KeyError, NotImplementedError, tf.errors.OpError):
        return None


def frozen_graph(owner: Any, function: Any, inputs: Sequence[Port], outputs: Sequence[Port]) -> tuple[Any, Any]:
    """As tf2onnx freezes a function: the graph, and its tables. `Failure` where it changes its own variables."""
    tensors = [[port.tensor for port in ports] for ports in (inputs, outputs)]
    try:
        with tf.device("/cpu:0"):
            graph, tables = tf_loader.from_trackable(owner, function, *tensors, False)
    except (ValueError, KeyError, tf.errors.OpError) as error:
        message = f"TensorFlow cannot freeze the model: {spoken(error)}"
        hint = "It may change its variables as it runs: export a function that only computes."
        raise Failure("input", "not-traceable", message, hint) from error
    return inlined(graph, *tensors), tables or {}


def inlined(graph: Any, inputs: Sequence[str], outputs: Sequence[str]) -> Any:
    """Without calls of functions that TensorFlow compiles, as Keras's grouped convolution: tf2onnx knows none."""
    if not any(node.op in CALLS for node in graph.node):
        return graph
    open_graph = type(graph)()
    open_graph.CopyFrom(graph)
    inner = (node for function in open_graph.library.function for node in function.node_def)
    for each in (*open_graph.node, *inner, *open_graph.library.function):
        for mark in KEPT_APART:
            each.attr.pop(mark, None)
    with tf.Graph().as_default():
        return tf_loader.tf_optimize(list(inputs), list(outputs), open_graph)


class GraphRunner:
    """A GraphDef with its ports, as a function."""

    def __init__(self, graph: Any, inputs: Sequence[Port], tensors: Sequence[str]) -> None:
        """tensors: what is asked for, as `name:0`. Raises what TensorFlow raises where no kernel fits."""
        self._imported = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
        self._inputs = list(inputs)
        self._at = self._imported.graph.as_graph_element
        self.run = self._function({name: self._at(name) for name in tensors})

    def seen(self, names: Mapping[str, str], view: View) -> Run:
        """Another function of the same inputs: what `view` makes of some tensors. names: of the tensors, by any key."""
        with self._imported.graph.as_default():
            return self._function({key: view(key, self._at(name)) for key, name in names.items()})

    def _function(self, tensors: Mapping[str, Any]) -> Run:
        """Takes arrays by the names of the ports, and gives them by the keys of the tensors."""
        function = self._imported.prune([self._at(port.tensor) for port in self._inputs], list(tensors.values()))

        def run(arrays: Arrays) -> Arrays:
            found = function(*(tf.constant(arrays[port.name]) for port in self._inputs))
            return {name: array_of(value) for name, value in zip(tensors, found)}

        return run


def spoken(error: BaseException) -> str:
    """What an error of TensorFlow or Keras says, without the lines of code that it passed."""
    lines = [line.strip() for line in COLOURS.sub("", str(error)).splitlines() if line.strip()]
    places = [at for at, line in enumerate(lines) if line.startswith("File ")]
    said = lines[places[-1] + 2 :] if places else lines
    return f"{type(error).__name__}: {' '.join(said)}"[:400]


def guarded(run: Run) -> Run:
    """The source's own refusal of a case as a `Failure` that says what to do."""

    def guard(arrays: Arrays) -> Arrays:
        try:
            return run(arrays)
        except (tf.errors.OpError, ValueError, TypeError) as error:
            shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in arrays.items())
            message = f"the model refuses inputs of its own shape ({shapes}): {spoken(error)}"
            hint = (
                "Say what it takes in conversion.yaml: tensorflow: {input_ranges: {name: [0, 9]}}, "
                "validate: {shapes: {length: [16]}}; or add samples/*.npz"
            )
            raise Failure("input", "source-fails", message, hint) from error

    return guard
