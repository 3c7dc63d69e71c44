"""Functions of one number that a network of torch calls, and where an exported graph has them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import torch
from torch.overrides import TorchFunctionMode

from .functions import Array, Function, Place, constants_of, place_of

#: By the operator that the exporters have for them, the names of torch's functions. Those in place end in `_`.
KINDS: "Mapping[str, tuple[str, ...]]" = {
    "Clip": ("relu6", "hardtanh", "clamp", "clip", "clamp_min", "clamp_max"),
    "LeakyRelu": ("leaky_relu",),
    "Elu": ("elu",),
    "Selu": ("selu",),
    "Celu": ("celu",),
    "HardSwish": ("hardswish",),
    "HardSigmoid": ("hardsigmoid",),
    "Softplus": ("softplus",),
    "PRelu": ("prelu",),
    "Mish": ("mish",),
    "Gelu": ("gelu",),
}
OPERATOR = {name: operator for operator, names in KINDS.items() for name in names}
#: With others than the default ones an exporter writes several operators.
DEFAULTS: "Mapping[str, tuple[list[int], ...]]" = {"softplus": ([], [1], [1, 20])}


@dataclass(frozen=True)
class Called:
    """One call. function: None where it is not one of float32 and numbers alone, which still counts in the order."""

    operator: str
    function: "Function | None"


class FunctionCalls(TorchFunctionMode):  # type: ignore[misc,no-any-unimported,unused-ignore]
    """While in force, notes calls in their order."""

    def __init__(self, layer: "Callable[[], str]", key: "Callable[[], Any]") -> None:
        """layer, key: of the module that is running: its path, and by what the graph's nodes are told apart."""
        super().__init__()
        self.calls: list[tuple[Any, Called]] = []
        self._layer, self._key = layer, key

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = str(getattr(func, "__name__", "")).rstrip("_")
        if name in OPERATOR and args and isinstance(args[0], torch.Tensor):
            function = _function(func, name, self._layer(), (args, kwargs))
            self.calls.append((self._key(), Called(OPERATOR[name], function)))
        return func(*args, **kwargs)


def _function(func: Any, name: str, layer: str, said: "tuple[Any, Any]") -> "Function | None":
    (first, *others), kwargs = said
    given = [*others, *kwargs.values()]
    weights = [each for each in given if isinstance(each, torch.Tensor)]
    if first.dtype != torch.float32 or (weights and name != "prelu"):
        return None
    if name in DEFAULTS and given not in DEFAULTS[name]:
        return None

    def compute(values: Array) -> Array:
        tensor = torch.from_numpy(np.array(values))
        with torch.no_grad():
            named = {key: _as(each, tensor) for key, each in kwargs.items()}
            result = func(tensor, *(_as(each, tensor) for each in others), **named)
        return np.asarray(result.numpy())

    numbers = [each for each in given if isinstance(each, (int, float)) and not isinstance(each, bool)]
    constants = (6.0,) if name == "relu6" else tuple(float(each) for each in numbers)
    channels = max((each.numel() for each in weights), default=1)
    return Function(name, layer, compute, constants, channels, first.dim() if channels > 1 else 1)


def _as(value: Any, tensor: torch.Tensor) -> Any:
    return value.detach().to("cpu", tensor.dtype) if isinstance(value, torch.Tensor) else value


def places(
    graph: onnx.GraphProto, calls: "Iterable[tuple[Any, Called]]", key_of: "Callable[[onnx.NodeProto], Any]"
) -> Iterator[Place]:
    """Where nodes and calls of one key and one kind are equally many, they are the same in order."""
    constants = constants_of(graph)
    nodes: dict[Any, list[onnx.NodeProto]] = defaultdict(list)
    for node in graph.node:
        if node.op_type in KINDS:
            nodes[key_of(node), node.op_type].append(node)
    called: dict[Any, list[Called]] = defaultdict(list)
    for key, call in calls:
        called[key, call.operator].append(call)
    for kind, own in called.items():
        found = nodes.get(kind, [])
        for call, node in zip(own, found) if len(own) == len(found) else ():
            place = None if call.function is None else place_of(call.function, node, constants)
            if place is not None:
                yield place
