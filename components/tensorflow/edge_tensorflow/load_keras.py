"""A Keras model from its file: nothing runs that nobody trusts."""

from typing import Any

import keras
from keras.src.ops import core as core_operations
from keras.src.ops import math as math_operations
from keras.src.ops import nn as nn_operations
from keras.src.ops import numpy as numpy_operations

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .checkpoint import Checkpoint
from .hdf5_links import refuse_links
from .keras_config import Part, is_own, parts_of, read_config
from .model_code import objects_of


def load_keras(checkpoint: Checkpoint, request: Request) -> Any:
    """`Failure` for code that is not trusted, a class that is not there, weights that do not fit."""
    config = read_config(checkpoint)
    refuse_links(checkpoint)
    parts = list(parts_of(config))
    is_trusted = request.options.get("trusted") is True
    code = [part for part in parts if part.code is not None]
    if code and not is_trusted:
        raise _untrusted(checkpoint, code[0])
    if code and request.code is not None:
        message = f"{checkpoint.shown}: {code[0].name} {code[0].code}, and code comes from Git alone"
        hint = "Write the layer as a class in a Python file of the Git repository."
        raise Failure("input", "code-from-store", message, hint)
    own = objects_of(request.options.get("custom_objects", {}), request.code_folder, "tensorflow.custom_objects")
    _check_known(checkpoint, parts, own)
    try:
        model = keras.saving.load_model(
            checkpoint.path, custom_objects=own or None, compile=False, safe_mode=not is_trusted
        )
    except Exception as error:
        raise _not_loaded(checkpoint, config, own, is_trusted, error) from error
    if not isinstance(model, keras.Model):
        message = f"{checkpoint.shown} holds a {type(model).__name__}, not a model"
        raise Failure("input", "not-a-model", message, "Save the model itself: model.save('model.keras').")
    return model


def _untrusted(checkpoint: Checkpoint, part: Part) -> Failure:
    message = f"{checkpoint.shown}: {part.name} {part.code}: anyone who wrote it can run any code here"
    hint = (
        "Write the layer as a class and name it in tensorflow.custom_objects, "
        "or write in Git's conversion.yaml: tensorflow: {trusted: true}"
    )
    return Failure("input", "untrusted-code", message, hint)


def _check_known(checkpoint: Checkpoint, parts: list[Part], own: dict[str, Any]) -> None:
    """`Failure` names a class that is neither Keras's nor of the options."""
    for part in parts:
        if part.code is not None or {part.name, part.registered} & set(own) or is_own(part):
            continue
        if part.module is None and _is_keras_name(part.name):
            continue
        called = part.name if part.module is None else f"{part.module}.{part.name}"
        message = f"{checkpoint.shown} needs {called}, which Keras does not have"
        key = part.registered if part.registered and ">" in part.registered else part.name
        hint = (
            f"Put its file beside the model, and write in conversion.yaml: "
            f"tensorflow: {{custom_objects: {{{key!r}: layers.py:{part.name}}}}}"
        )
        raise Failure("input", "class-not-importable", message, hint)


def _is_keras_name(name: str) -> bool:
    """Files of Keras 2 name classes without their module."""
    rooms = (keras, keras.layers, keras.models, keras.initializers, keras.regularizers, keras.constraints)
    more = (keras.activations, keras.losses, keras.metrics, keras.optimizers, keras.dtype_policies)
    legacy = ("Functional", "Policy", "ListWrapper", "TensorShape")
    operations = (numpy_operations, core_operations, math_operations, nn_operations)
    return name in legacy or any(hasattr(room, name) for room in (*rooms, *more, *operations))


def _not_loaded(
    checkpoint: Checkpoint, config: dict[str, Any], own: dict[str, Any], is_trusted: bool, error: Exception
) -> Failure:
    """Where the network alone can be made, it is the weights that do not fit."""
    said = last_line(error)[:400]
    try:
        keras.saving.deserialize_keras_object(config, custom_objects=own, safe_mode=not is_trusted)
    except Exception:
        message = f"Keras cannot make the network of {checkpoint.shown}: {said}"
        hint = "Save the model again with Keras 3: what other versions wrote it may not know."
        return Failure("input", "not-loadable", message, hint)
    message = f"the weights of {checkpoint.shown} do not fit its network: {said}"
    return Failure("mismatch", "checkpoint-mismatch", message, "Save the model again: the file holds other weights.")
