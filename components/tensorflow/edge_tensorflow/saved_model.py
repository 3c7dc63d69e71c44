"""A SavedModel as a source. Its graph is read as data first: loading one runs its initialisers."""

from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import saved_model_pb2

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .checkpoint import SAVED_MODEL, Checkpoint
from .composite import refuse_composite
from .graph_ops import before, reachable, refuse_reaching, refuse_unknown
from .ports import Arrays, array_of, port_of
from .size import LARGEST, bytes_of, refuse_large
from .source import Source, frozen_graph, raw_graph

SIGNATURE = "serving_default"
TAG = "serve"


def saved_model_source(checkpoint: Checkpoint, request: Request, largest: int = LARGEST) -> Source:
    """`Failure` for operators that reach out, missing variables, and a signature or tag that is not there."""
    tags = str(request.options.get("tag", TAG)).split(",")
    meta = _meta_graph(checkpoint, tags)
    refuse_foreign(meta, checkpoint.shown)
    loaded = _loaded(checkpoint, tags)
    function = _signature(loaded, checkpoint, request)
    refuse_composite(meta, function, checkpoint.shown)
    refuse_large(bytes_of(function.variables), largest)
    captured = {tensor.name for tensor in function.graph.function_captures.by_val_internal.values()}
    tensors = [t for t in function.inputs if t.dtype != tf.resource and t.name not in captured]
    specs = [s for s in tf.nest.flatten(function.structured_input_signature) if isinstance(s, tf.TensorSpec)]
    inputs = tuple(port_of(spec.name, tensor) for spec, tensor in zip(specs, tensors))
    # What is loaded knows names and tensors apart: both are sorted by name.
    found = [tensor for tensor in function.outputs if tensor.dtype != tf.resource]
    outputs = tuple(port_of(name, tensor) for name, tensor in zip(sorted(function.structured_outputs), found))
    raw = raw_graph(function)
    graph, tables = frozen_graph(loaded, function, inputs, outputs)
    if tables:
        # tf2onnx takes the tables out of the function that it freezes: it can no longer be called.
        loaded = _loaded(checkpoint, tags)
        function = _signature(loaded, checkpoint, request)

    def run(arrays: Arrays) -> Arrays:
        found = function(**{port.name: tf.constant(arrays[port.name]) for port in inputs})
        # `loaded` owns the variables: it lives as long as this.
        return {name: array_of(value) for name, value in found.items()} if loaded is not None else {}

    return Source(Path(request.name).name, inputs, outputs, run, graph, tables, None if tables else raw)


def _loaded(checkpoint: Checkpoint, tags: list[str]) -> Any:
    try:
        return tf.saved_model.load(str(checkpoint.path), tags=tags)
    except (tf.errors.OpError, ValueError, KeyError, OSError, AttributeError) as error:
        message = f"TensorFlow cannot load {checkpoint.shown}: {last_line(error)[:400]}"
        hint = "Upload the whole folder: saved_model.pb, variables/ with its index and data, assets/."
        raise Failure("input", "checkpoint-unreadable", message, hint) from error


def _meta_graph(checkpoint: Checkpoint, tags: list[str]) -> Any:
    saved = saved_model_pb2.SavedModel()
    try:
        saved.ParseFromString((checkpoint.path / SAVED_MODEL).read_bytes())
    except DecodeError as error:
        hint = "It may be truncated, or of another form: export the model again with model.export(…)."
        raise Failure("input", "checkpoint-unreadable", f"{checkpoint.shown} is not a SavedModel", hint) from error
    found = {frozenset(meta.meta_info_def.tags): meta for meta in saved.meta_graphs}
    if frozenset(tags) not in found:
        known = "; ".join(sorted(",".join(sorted(entry)) for entry in found)) or "none"
        message = f"{checkpoint.shown} has no graph with the tag {','.join(tags)}"
        raise Failure("input", "tag-unknown", message, f"It has {known}: choose one as tensorflow.tag.")
    return found[frozenset(tags)]


def refuse_foreign(meta: Any, shown: str) -> None:
    """What may run as it is loaded or called: all but what only saving and restoring of variables calls."""
    library = {function.signature.name: function for function in meta.graph_def.library.function}
    saver = meta.saver_def
    saving = before([saver.save_tensor_name, saver.restore_op_name, saver.filename_tensor_name], meta.graph_def)
    names = {node.name for node in saving}
    others = [node for node in meta.graph_def.node if node.name not in names]
    roots = set(meta.object_graph_def.concrete_functions) & set(library)
    called = roots | reachable(others, library)
    for name in roots:
        called |= reachable(library[name].node_def, library)
    kept = called | (set(library) - reachable(saving, library))
    nodes = [*others, *(node for name in sorted(kept) for node in library[name].node_def)]
    refuse_reaching(nodes, shown)
    refuse_unknown([*meta.graph_def.node, *nodes], library, shown)


def _signature(loaded: Any, checkpoint: Checkpoint, request: Request) -> Any:
    signatures = {name: loaded.signatures[name] for name in loaded.signatures if not name.startswith("_")}
    wanted = request.options.get("signature_def")
    name = wanted or (SIGNATURE if SIGNATURE in signatures else next(iter(signatures), ""))
    if name not in signatures:
        known = ", ".join(sorted(signatures)) or "none"
        message = f"{checkpoint.shown} has no signature {name or 'at all'}"
        hint = f"It has {known}: choose one as tensorflow.signature_def, or export the model with one."
        raise Failure("input", "signature-unknown", message, hint)
    return signatures[name]
