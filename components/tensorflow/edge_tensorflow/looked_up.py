"""Tables of the source in which it looks rows up: its embeddings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .layer_kinds import layer_name
from .ranges import GATHERS, constant_of


def looked_up(raw: Any) -> dict[str, NDArray[np.float32]]:
    """By a name for people, of a GraphDef before anything was folded, or None."""
    nodes = {} if raw is None else {node.name: node for node in raw.node}
    found: dict[str, NDArray[np.float32]] = {}
    for node in nodes.values():
        if node.op not in GATHERS:
            continue
        place, _ = GATHERS[node.op]
        table = constant_of(node.input[place].split(":")[0], nodes)
        if table is not None and table.dtype == np.float32 and table.ndim == 2:
            found[layer_name(node.name, set(found))] = table
    return found
