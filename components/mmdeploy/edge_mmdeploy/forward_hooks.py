"""Looks at what a model's heads predict, before anything that loses information: softmax, ArgMax, top-k, NMS."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from .codebase import Task

#: More than the levels of any feature pyramid times what a head predicts on each.
MOST_TENSORS = 64
#: Where the arguments of predict_by_feat are no longer what forward returned.
NOT_PREDICTED = ("batch_img_metas", "batch_data_samples", "cfg", "rescale", "with_nms", "img_metas")


@dataclass(frozen=True)
class HookedHead:
    """A head. path: of its module in the model. parts: names of what its forward returns, in order."""

    path: str
    prefix: str
    parts: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Of what it predicts, as a whole: `raw.cls_scores`."""
        return [f"{self.prefix}.{part}" for part in self.parts]


class CapturedTensors:
    """Tensors that heads returned, by name, while `forward_hooks` was in force."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}
        self._tensors: dict[str, tuple[torch.Tensor, int]] = {}

    def keep(self, head: HookedHead, value: Any) -> None:
        """Eagerly a copy: what follows may work in place. In a trace the tensor itself: a copy would be a node."""
        self._calls[head.path] = self._calls.get(head.path, 0) + 1
        for name, tensor in named(head, value):
            kept = tensor if torch.jit.is_tracing() else tensor.detach().clone()
            self._tensors[name] = (kept, kept._version)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Without those that were changed in place since: their name would stand for another value.

        Nothing of a model with a head that ran more than once: it sees crops or points then, not the picture.
        """
        if any(calls != 1 for calls in self._calls.values()) or len(self._tensors) > MOST_TENSORS:
            return {}
        return {name: tensor for name, (tensor, version) in self._tensors.items() if tensor._version == version}


def find_heads(model: Any, task: Task) -> list[HookedHead]:
    """Call it before MMDeploy rewrites the model: the heads' own words for what they predict are taken."""
    if task == "classification":
        return [HookedHead("head", "raw", ("logits",))] if getattr(model, "head", None) is not None else []
    if task == "segmentation":
        head = model.decode_head
        last = f"decode_head.{len(head) - 1}" if isinstance(head, torch.nn.ModuleList) else "decode_head"
        return [HookedHead(last, "raw", ("logits",))]
    heads = [
        HookedHead(path, prefix, _predictions(getattr(model, path)))
        for path, prefix in (("rpn_head", "raw.rpn"), ("bbox_head", "raw"))
        if isinstance(getattr(model, path, None), torch.nn.Module)
    ]
    second = getattr(getattr(model, "roi_head", None), "bbox_head", None)
    if isinstance(second, torch.nn.Module) and not isinstance(second, torch.nn.ModuleList):
        heads.append(HookedHead("roi_head.bbox_head", "raw.roi", ("cls_score", "bbox_pred")))
    return heads


def replaced_heads(model: torch.nn.Module, heads: list[HookedHead]) -> dict[str, str]:
    """Names of what heads predict that this model no longer has a module for, and why."""
    modules = {path for path, _ in model.named_modules()}
    gone = [head for head in heads if head.path not in modules]
    return {name: f"MMDeploy replaced the module {head.path}" for head in gone for name in head.names}


@contextmanager
def forward_hooks(
    model: torch.nn.Module, heads: list[HookedHead], then: Callable[[], None] | None = None
) -> Iterator[CapturedTensors]:
    """On the instance, at this moment: whatever rewriting of a head's class is in force stays in force.

    then: called each time that a head has run.
    """
    captured = CapturedTensors()
    with ExitStack() as stack:
        for head in heads:
            stack.enter_context(_wrapped(model.get_submodule(head.path), head, captured, then))
        yield captured


def named(head: HookedHead, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """`raw.cls_scores.0`: the part, then the place in nested lists. Floating point only."""
    several = isinstance(value, tuple) and (len(head.parts) > 1 or len(value) == 1)
    parts = value if several else (value,)
    for index, part in enumerate(parts):
        name = head.parts[index] if index < len(head.parts) else str(index)
        yield from _leaves(f"{head.prefix}.{name}", part)


def _leaves(name: str, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        if value.is_floating_point():
            yield name, value
        return
    if isinstance(value, dict):
        items = list(value.items())
    else:
        items = list(enumerate(value)) if isinstance(value, (list, tuple)) else []
    for key, item in items:
        yield from _leaves(f"{name}.{key}", item)


@contextmanager
def _wrapped(
    module: Any, head: HookedHead, captured: CapturedTensors, then: Callable[[], None] | None
) -> Iterator[None]:
    forward: Callable[..., Any] = module.forward
    own = module.__dict__.get("forward")

    def keep(*args: Any, **kwargs: Any) -> Any:
        value = forward(*args, **kwargs)
        captured.keep(head, value)
        if then is not None:
            then()
        return value

    module.forward = keep
    try:
        yield
    finally:
        if own is None:
            del module.forward
        else:
            module.forward = own


def _predictions(head: Any) -> tuple[str, ...]:
    """The first arguments of predict_by_feat are what forward returned."""
    parameters = inspect.signature(head.predict_by_feat).parameters.values()
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [each.name for each in parameters if each.kind in plain]
    end = next((index for index, name in enumerate(names) if name in NOT_PREDICTED), len(names))
    return tuple(names[:end])
