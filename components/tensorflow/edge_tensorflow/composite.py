"""Ragged and sparse tensors of a signature: TensorFlow hands each on as several tensors that belong together."""

from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import struct_pb2

from edge_engine.failure import Failure

KINDS = {
    struct_pb2.TypeSpecProto.RAGGED_TENSOR_SPEC: "ragged",
    struct_pb2.TypeSpecProto.SPARSE_TENSOR_SPEC: "sparse",
}
HINT = "Export a signature of plain tensors: pad the rows to one length, and let the model drop what was added."


def refuse_composite(meta: Any, function: Any, shown: str) -> None:
    """`Failure` where the signature `function`, of the graph `meta`, takes or gives a ragged or sparse tensor."""
    for name, spec in function.structured_outputs.items():
        if not isinstance(spec, (tf.TensorSpec, tf.Tensor)):
            kind = type(spec).__name__.removesuffix("TensorSpec").lower()
            raise Failure("input", "dtype-unsupported", f"{shown}: the output `{name}` is a {kind} tensor", HINT)
    inputs = sorted(function.structured_input_signature[1])
    taken = next(_taken(meta, set(inputs)), None)
    if taken is not None:
        parts = ", ".join(f"`{name}`" for name in inputs)
        message = f"{shown}: an input is a {taken} tensor, of which the signature has the parts ({parts})"
        raise Failure("input", "dtype-unsupported", message, HINT)


def _taken(meta: Any, names: set[str]) -> Iterator[str]:
    """Kinds that the function takes which a signature of these inputs calls."""
    recorded = meta.object_graph_def.concrete_functions
    for wrapper in meta.graph_def.library.function:
        if not names <= {argument.name for argument in wrapper.signature.input_arg}:
            continue
        for called in (node.attr["f"].func.name for node in wrapper.node_def if "f" in node.attr):
            if called in recorded:
                yield from _kinds(recorded[called].canonicalized_input_signature)


def _kinds(value: Any) -> Iterator[str]:
    """Of a structure as a SavedModel records it: lists, tuples and mappings of specs."""
    field = value.WhichOneof("kind")
    if field == "type_spec_value" and value.type_spec_value.type_spec_class in KINDS:
        yield KINDS[value.type_spec_value.type_spec_class]
    elif field in ("list_value", "tuple_value"):
        for inner in getattr(value, field).values:
            yield from _kinds(inner)
    elif field == "dict_value":
        for inner in value.dict_value.fields.values():
            yield from _kinds(inner)
