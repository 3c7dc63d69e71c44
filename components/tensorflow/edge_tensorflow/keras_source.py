"""A Keras model as a source: traced as tf2onnx's from_keras does, so that the same options give the same graph."""

from typing import Any

import keras
import tensorflow as tf
from tf2onnx import convert

from edge_engine.failure import Failure
from edge_engine.request import Request

from .ports import Array, Arrays, Port, array_of, port_of
from .signature import specs_of
from .source import Source, frozen_graph, raw_graph, spoken

Function = Any


def keras_source(model: Any, request: Request) -> Source:
    """`Failure` for a model of unknown inputs, and for outputs that are no tensors."""
    specs = specs_of(request.options)
    refuse_memory(model)
    function, named = _traced(model, specs)
    captured = _captured(function)
    tensors = [tensor for tensor in function.inputs if tensor.name not in captured and tensor.dtype != tf.resource]
    names = [spec.name for spec in tf.nest.flatten(function.structured_input_signature) if hasattr(spec, "name")]
    inputs = tuple(port_of(str(name), tensor) for name, tensor in zip(names, tensors))
    outputs = tuple(port_of(name, tensor) for name, tensor in named.items())
    raw = raw_graph(function)
    graph, tables = frozen_graph(model, function, inputs, outputs)
    run = _runner(model, inputs, list(named))
    return Source(model.name, inputs, outputs, run, graph, tables, None if tables else raw)


def refuse_memory(model: Any) -> None:
    """`Failure` for a recurrent layer that goes on where the call before ended."""
    kept = [layer.name for layer in getattr(model, "layers", []) if getattr(layer, "stateful", False)]
    if kept:
        message = f"the model's answer depends on the calls before it: {', '.join(kept[:5])} has stateful=True"
        hint = (
            "Save it with stateful=False, and return_state=True: give the states as outputs, and take them as inputs."
        )
        raise Failure("input", "source-keeps-state", message, hint)


def _captured(function: Function) -> set[str]:
    return {tensor.name for tensor in function.graph.function_captures.by_val_internal.values()}


def _traced(model: Any, specs: list[tf.TensorSpec] | None) -> tuple[Function, dict[str, Any]]:
    """The function, and its outputs by name."""
    try:
        return _traced_as(model, specs)
    except (ValueError, TypeError, tf.errors.OpError) as error:
        said = spoken(error)
        if specs is None:
            hint = "Change the layer that cannot be traced, or say the inputs: tensorflow: {input_signature: […]}"
            raise Failure("input", "not-traceable", f"TensorFlow cannot trace the model: {said}", hint) from error
        hint = "Say the shapes and types that the model takes, in its order, or leave input_signature out."
        raise Failure("input", "signature", f"the model refuses tensorflow.input_signature: {said}", hint) from error


def _traced_as(model: Any, specs: list[tf.TensorSpec] | None) -> tuple[Function, dict[str, Any]]:
    names = getattr(model, "output_names", None)
    # tf2onnx gives a list, which Keras takes by the order of the dictionary, not by that of its inputs.
    is_plain = not isinstance(getattr(model, "_inputs_struct", None), dict) or _is_in_order(model)
    if names is not None and len(set(names)) == len(names) and is_plain:
        function = convert._get_concrete_function(model, specs)
        found = function.structured_outputs
        if isinstance(found, dict) and len(found) == len(names):
            # In the model's own order, as from_keras has it.
            return function, {name: found[name] for name in names}
    specs = specs or _own_specs(model)

    def call(*args: Any) -> dict[str, Any]:
        return named_outputs(model, model(_structured(model, args), training=False))

    function = tf.function(call, input_signature=specs).get_concrete_function()
    return function, dict(function.structured_outputs)


def _is_in_order(model: Any) -> bool:
    """The inputs of its dictionary stand there in the order in which TensorFlow and Keras flatten one: by name."""
    return list(model._inputs_struct) == sorted(model._inputs_struct)


def _own_specs(model: Any) -> list[tf.TensorSpec]:
    try:
        tensors = list(model.inputs or [])
    except (AttributeError, ValueError):
        tensors = []
    if not tensors:
        message = f"a {type(model).__name__} does not say what it takes"
        hint = "Say it in conversion.yaml: tensorflow: {input_signature: [{name: x, shape: [null, 4], dtype: float32}]}"
        raise Failure("input", "inputs-unknown", message, hint)
    names = _input_names(model, tensors)
    return [tf.TensorSpec(tensor.shape, tensor.dtype, name) for name, tensor in zip(names, tensors)]


def _input_names(model: Any, tensors: list[Any]) -> list[str]:
    """Of the layers that give them: a model lists its layers in another order than its inputs."""
    layers = [layer for layer in getattr(model, "_layers", []) if isinstance(layer, keras.layers.InputLayer)]
    makers = {id(tensor): layer.name for layer in layers for tensor in keras.tree.flatten(layer.output)}
    names = [makers.get(id(tensor), "") for tensor in tensors]
    if not all(names):
        names = list(getattr(model, "input_names", None) or [layer.name for layer in layers])
    count = len(tensors)
    return names if len(names) == count else [f"input_{at}" if count > 1 else "input" for at in range(count)]


def _structured(model: Any, args: Any) -> Any:
    struct = getattr(model, "_inputs_struct", None)
    if struct is not None:
        return keras.tree.pack_sequence_as(struct, list(args))
    return args[0] if len(args) == 1 else list(args)


def named_outputs(model: Any, outputs: Any) -> dict[str, Any]:
    """A flat dictionary whatever the model gives; a single output of a Sequential has its last layer's name."""
    if isinstance(outputs, dict) and all(isinstance(name, str) for name in outputs):
        flat = {name: outputs[name] for name in sorted(outputs)}
        if not any(isinstance(value, (dict, list, tuple)) for value in flat.values()):
            return flat
    values = keras.tree.flatten(outputs)
    if len(values) == 1:
        is_sequence = isinstance(model, keras.Sequential) and model.layers
        return {model.layers[-1].name if is_sequence else "output": values[0]}
    return {f"output_{at}": value for at, value in enumerate(values)}


def _runner(model: Any, inputs: tuple[Port, ...], names: list[str]) -> Any:
    """The model itself, called as its user calls it."""

    def run(arrays: Arrays) -> Arrays:
        given = _structured(model, [tf.constant(arrays[port.name]) for port in inputs])
        found = model(given, training=False)
        own = getattr(model, "output_names", None)
        if own is not None and list(own) == names:
            values: list[Array] = [array_of(value) for value in keras.tree.flatten(found)]
            return dict(zip(names, values))
        return {name: array_of(value) for name, value in named_outputs(model, found).items()}

    return run
