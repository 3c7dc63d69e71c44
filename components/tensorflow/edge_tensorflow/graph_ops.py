"""Operators of a TensorFlow graph, as its protobuf says them: those that reach files or Python, unknown ones."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tensorflow.python.framework import op_def_registry

from edge_engine.failure import Failure

#: Whatever the rest of their names is: files, the network, Python, other processes, data that is read from disk.
REACHES = re.compile(
    r"File|Reader|Dataset|Iterator|Summary|PyFunc|^Save|^Restore|Checkpoint|^Debug|^PrintV2|^Print$|LMDB|BigQuery|"
    r"^LoadAndRemap|GenerateVocab|^Remote|Rpc|RPC|Grpc|^_?Send|^_?Recv|^_?HostSend|^_?HostRecv|Collective|TPU|"
    r"Infeed|Outfeed|^ImportEvent|(De|En)codeProto|CustomCall|^Xla|Tpu|^Load|ComposeTensor|Plugin|DataService"
)

Nodes = Iterable[Any]


def reaching(nodes: Nodes) -> list[str]:
    """Operators that reach out of the process, as `WriteFile (node name)`."""
    return sorted({f"{node.op} ({node.name})" for node in nodes if REACHES.search(node.op)})


def unknown(nodes: Nodes, functions: Iterable[str]) -> list[str]:
    """Operators that this TensorFlow does not have, by their names."""
    own = set(functions)
    return sorted({node.op for node in nodes if node.op not in own and op_def_registry.get(node.op) is None})


def refuse_reaching(nodes: Nodes, shown: str) -> None:
    """`Failure` names the operators."""
    found = reaching(nodes)
    if found:
        message = f"{shown} holds operators that reach files, Python or the network: {', '.join(found[:5])}"
        hint = "Export the network alone, without reading, writing or logging: a device has none of it."
        raise Failure("input", "untrusted-operators", message, hint)


def refuse_unknown(nodes: Nodes, functions: Iterable[str], shown: str) -> None:
    """`Failure` names operators of a library that is not here."""
    found = unknown(nodes, functions)
    if found:
        message = f"{shown} needs operators that TensorFlow does not have: {', '.join(found[:5])}"
        hint = "They come from a library: export the model without them."
        raise Failure("input", "custom-operator", message, hint)


def called(node: Any) -> Iterator[str]:
    """Functions that a node calls, by its operator or its attributes."""
    yield node.op
    for value in node.attr.values():
        if value.HasField("func"):
            yield value.func.name
        for function in value.list.func:
            yield function.name


def reachable(nodes: Nodes, library: dict[str, Any]) -> set[str]:
    """Names of the library's functions that the nodes call, also through others."""
    found: set[str] = set()
    open_nodes = list(nodes)
    while open_nodes:
        for name in called(open_nodes.pop()):
            if name in library and name not in found:
                found.add(name)
                open_nodes.extend(library[name].node_def)
    return found


def before(names: Iterable[str], graph: Any) -> list[Any]:
    """Nodes of a graph that these nodes depend on, themselves included."""
    by_name = {node.name: node for node in graph.node}
    found: dict[str, Any] = {}
    left = [name.split(":")[0] for name in names if name]
    while left:
        name = left.pop()
        node = by_name.get(name)
        if node is not None and name not in found:
            found[name] = node
            left.extend(entry.lstrip("^").split(":")[0] for entry in node.input)
    return list(found.values())
