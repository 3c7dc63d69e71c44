"""Sets of tf2onnx's nodes in one order: by address, as Python has it, each run merged other ones of equal nodes."""

from itertools import count
from typing import Any

from tf2onnx.graph import Node

_numbers = count()


def order_node_sets() -> None:
    """Nodes are told apart as before; a set of them now lies by when each was first put into one."""
    Node.__hash__ = _number


def _number(node: Any) -> int:
    if "_number" not in node.__dict__:
        node._number = next(_numbers)
    return int(node._number)
