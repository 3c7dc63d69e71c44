"""`input_signature` of the options, as TensorFlow takes it."""

from typing import Any

import tensorflow as tf

from edge_engine.failure import Failure


def specs_of(options: dict[str, Any]) -> list[tf.TensorSpec] | None:
    """One for each input, in the model's order; None where nothing is said. null in a shape is a free axis."""
    said = options.get("input_signature")
    if not said:
        return None
    names = [entry.get("name", "input" if len(said) == 1 else f"input_{at}") for at, entry in enumerate(said)]
    if len(set(names)) < len(names):
        hint = "Give each input a name of its own."
        raise Failure("input", "signature", "tensorflow.input_signature names an input twice", hint)
    return [tf.TensorSpec(entry["shape"], entry.get("dtype", "float32"), name) for name, entry in zip(names, said)]
