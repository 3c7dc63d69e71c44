"""A copy of a module that computes in float64, also where its own code says float32."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


def doubled(module: Any) -> Any:
    """A deep copy with float64 weights, buffers and plain tensors. Raises what a copy raises."""
    wide = copy.deepcopy(module)
    if isinstance(wide, torch.fx.GraphModule):
        _without_types(wide)
    wide.double()
    if not isinstance(wide, torch.jit.ScriptModule):
        for part in wide.modules():
            for name, value in list(vars(part).items()):
                if isinstance(value, torch.Tensor) and value.dtype in (torch.float32, torch.float16):
                    setattr(part, name, value.double())
    return wide.eval() if not isinstance(wide, torch.fx.GraphModule) else wide


@contextmanager
def double_by_default() -> Iterator[None]:
    """`.float()`, `.half()`, such a `dtype=` and tensors without a dtype are float64 meanwhile."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with _Widening():
            yield
    finally:
        torch.set_default_dtype(before)


class _Widening(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.Tensor.float, torch.Tensor.half):
            return args[0].double()
        named = {name: _wide(value) for name, value in (kwargs or {}).items()}
        return func(*[_wide(value) for value in args], **named)


def _wide(value: Any) -> Any:
    return torch.float64 if value is torch.float32 or value is torch.float16 else value


def _without_types(module: Any) -> None:
    """A torch.export program asserts the types that it was exported with, and says float32 where it makes tensors."""
    graph = module.graph
    for node in list(graph.nodes):
        if "_assert_tensor_metadata" in str(node.target):
            graph.erase_node(node)
            continue
        node.args = torch.fx.node.map_aggregate(node.args, _wide)
        node.kwargs = torch.fx.node.map_aggregate(node.kwargs, _wide)
    module.recompile()
