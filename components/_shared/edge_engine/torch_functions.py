"""Functions of one number that a network of torch calls, and where an exported graph has them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import onnx
import torch
from torch.overrides import TorchFunctionMode

from .functions import Array, Function, Place, constants_of, place_of
from .torch_norms import norm_of

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
    "LayerNormalization": ("layer_norm",),
    "InstanceNormalization": ("instance_norm", "group_norm"),
}
NORMS = ("layer_norm", "instance_norm", "group_norm")
OPERATOR = {name: operator for operator, names in KINDS.items() for name in names}
#: Torch's own code, whose calls inside of it are not seen, calls one of the above: which one, how often, the place and
#: the name of the argument that is that function's constant, and what it is by default.
INSIDE: "Mapping[str, tuple[Callable[..., Any], int, int, str, float]]" = {
    "normalize": (torch.clamp_min, 1, 3, "eps", 1e-12),
    "cosine_similarity": (torch.clamp_min, 2, 3, "eps", 1e-8),
}
#: Of these dynamo writes what they call; the exporter torchscript writes another operator.
BY_DYNAMO = frozenset({"cosine_similarity"})
#: Before ONNX's opset 14, a hard swish is its input times a HardSigmoid of that.
PARTS: "Mapping[str, tuple[str, Callable[..., Any]]]" = {
    "HardSwish": ("HardSigmoid", torch.nn.functional.hardsigmoid),
}
#: With others than the default ones an exporter writes several operators.
DEFAULTS: "Mapping[str, tuple[list[int], ...]]" = {"softplus": ([], [1], [1, 20])}


@dataclass(frozen=True)
class Compute:
    """What a function of torch makes of numbers, with the other arguments of one call."""

    func: "Callable[..., Any]"
    others: "Sequence[Any]" = ()
    kwargs: "Mapping[str, Any]" = field(default_factory=dict)

    def __call__(self, values: Array) -> Array:
        tensor = torch.from_numpy(np.array(values))
        with torch.no_grad():
            named = {key: _as(each, tensor) for key, each in self.kwargs.items()}
            result = self.func(tensor, *(_as(each, tensor) for each in self.others), **named)
        return np.asarray(result.numpy())


@dataclass(frozen=True)
class Called:
    """One call. function: None where it is not one of float32 and numbers alone, which still counts in the order."""

    operator: str
    function: "Function | None"
    #: An exporter may write it in another way.
    may_lack: bool = False


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
            of_call = _norm if name in NORMS else _function
            function = of_call(func, name, self._layer(), (args, kwargs))
            self.calls.append((self._key(), Called(OPERATOR[name], function)))
        if name in INSIDE and func is getattr(torch.nn.functional, name):
            inside = _called_inside(name, self._layer(), args, kwargs)
            self.calls.extend((self._key(), inside) for _ in range(INSIDE[name][1]))
        return func(*args, **kwargs)


def _called_inside(name: str, layer: str, args: Any, kwargs: Any) -> Called:
    func, _, place, argument, default = INSIDE[name]
    constant = args[place] if len(args) > place else kwargs.get(argument, default)
    given = args[0] if args else kwargs["input" if "input" in kwargs else "x1"]
    inner = func.__name__
    return Called(OPERATOR[inner], _function(func, inner, layer, ((given, constant), {})), may_lack=name in BY_DYNAMO)


def _function(func: Any, name: str, layer: str, said: "tuple[Any, Any]") -> "Function | None":
    (first, *others), kwargs = said
    return (
        function_of(name, layer, Compute(func, others, kwargs), first.dim()) if first.dtype == torch.float32 else None
    )


def _norm(_: Any, name: str, layer: str, said: "tuple[Any, Any]") -> "Function | None":
    return norm_of(name, layer, said, Compute)


def function_of(name: str, layer: str, compute: Compute, axes: int) -> "Function | None":
    """name: of torch, without `_`. axes: of what it takes. None where it is not one of numbers alone."""
    given = [*compute.others, *compute.kwargs.values()]
    weights = [each for each in given if isinstance(each, torch.Tensor)]
    if (weights and name != "prelu") or (name in DEFAULTS and given not in DEFAULTS[name]):
        return None

    numbers = [each for each in given if isinstance(each, (int, float)) and not isinstance(each, bool)]
    constants = (6.0,) if name == "relu6" else tuple(float(each) for each in numbers)
    channels = max((each.numel() for each in weights), default=1)
    return Function(name, layer, compute, constants, channels, axes if channels > 1 else 1)


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
    present = {node.op_type for node in graph.node}
    called: dict[Any, list[Called]] = defaultdict(list)
    for key, call in calls:
        found = call if call.operator in present else _part_of(call)
        called[key, found.operator].append(found)
    for kind, own in called.items():
        same = nodes.get(kind, [])
        if len(own) != len(same):
            own = [call for call in own if not call.may_lack]
        for call, node in zip(own, same) if len(own) == len(same) else ():
            place = None if call.function is None else place_of(call.function, node, constants)
            if place is not None:
                yield place


def _part_of(call: Called) -> Called:
    """That part of the call which a graph has as one operator, where it has no operator for all of it."""
    if call.operator not in PARTS:
        return call
    operator, func = PARTS[call.operator]
    whole = call.function
    return Called(operator, whole and replace(whole, name=func.__name__, compute=Compute(func)))
