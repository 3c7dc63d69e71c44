"""Runs MMDeploy's rewritten model eagerly, in float32 and float64, on every case."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from edge_engine.torch_layers import LayerSamples

from .arrays import Arrays
from .forward_hooks import HookedHead, forward_hooks
from .pre_nms import pre_nms

MOST_LOGITS = 1_000_000


class Evaluator:
    """The patched model inside MMDeploy's RewriterContext: its outputs correspond one to one to those of the graph.

    Integer maps of a segmentor get `<output>.margin` (top 1 minus top 2 of the float64 logits) and `<output>.noise`
    (largest |float32 - float64| of the logits) as auxiliary arrays: near a tie, a flip is no fault.
    """

    def __init__(
        self, model: Any, output_names: list[str], heads: list[HookedHead], before: Callable[[], None]
    ) -> None:
        """before: called before each run; what it raises ends the work."""
        self.model = model
        self._before = before
        self.output_names = output_names
        #: Of the last run: what reached the suppression, a sample of what each layer got, what the heads gave, and the
        #: shape of its input.
        self.intermediate: Arrays = {}
        self.layers: Arrays = {}
        self.heads: Arrays = {}
        self.shape: tuple[int, ...] = ()
        self._heads = heads
        self.samples = LayerSamples()
        self._logits = _logit_head(model)

    def single(self, tensor: torch.Tensor) -> tuple[Arrays, torch.Tensor | None]:
        """Outputs in float32 by name, and a sample of the logits."""
        outputs, logits = self._run(tensor)
        return outputs, None if logits is None else _strided(logits)

    def double(self, tensor: torch.Tensor, sample32: torch.Tensor | None) -> tuple[Arrays, Arrays]:
        """Outputs in float64, and auxiliary arrays. Only inside `in_double`."""
        with kept_double():
            outputs, logits = self._run(tensor.double())
        if logits is None or logits.shape[1] < 2:
            return outputs, {}
        top = logits.topk(2, dim=1).values
        name = self.output_names[0]
        aux = {f"{name}.margin": (top[:, :1] - top[:, 1:]).float().numpy()}
        if sample32 is not None:
            noise = (_strided(logits) - sample32.double()).abs().max().item()
            aux[f"{name}.noise"] = np.array([noise], np.float64)
        return outputs, aux

    def outputs(self, tensor: torch.Tensor) -> Arrays:
        """In the precision of the tensor and the model."""
        return self._run(tensor)[0]

    @contextmanager
    def in_double(self) -> Iterator[None]:
        """float32 to float64 and back is lossless. A deep copy would not do: the bound forward keeps the old module."""
        self.model.double()
        try:
            yield
        finally:
            self.model.float()

    def _run(self, tensor: torch.Tensor) -> tuple[Arrays, torch.Tensor | None]:
        self._before()
        with (
            torch.no_grad(),
            _capture_logits(self._logits) as captured,
            pre_nms() as boxes,
            self.samples.taken(self.model) as layers,
            forward_hooks(self.model, self._heads) as heads,
        ):
            outputs = flat(self.model(tensor))
        self.layers = layers
        self.heads = {name: value.numpy() for name, value in heads.tensors().items()}
        self.shape = tuple(tensor.shape)
        self.intermediate = {name: value.numpy() for name, value in boxes.items()}
        arrays = {name: output.detach().cpu().numpy() for name, output in zip(self.output_names, outputs)}
        return arrays, captured[-1].detach() if captured else None


def flat(value: Any) -> list[torch.Tensor]:
    """The tensors of nested lists and dictionaries, in order: as torch's exporter numbers them."""
    if isinstance(value, torch.Tensor):
        return [value]
    if not isinstance(value, (list, tuple, dict)):
        raise TypeError(
            f"the model returns {type(value).__name__} instead of tensors: MMDeploy does not rewrite its head"
        )
    items = value.values() if isinstance(value, dict) else value
    return [tensor for item in items for tensor in flat(item)]


def _logit_head(model: Any) -> Any:
    head = getattr(model, "decode_head", None)
    return head[-1] if isinstance(head, torch.nn.ModuleList) else head


@contextmanager
def _capture_logits(head: Any) -> Iterator[list[torch.Tensor]]:
    """What a segmentor's head predicts, before ArgMax."""
    captured: list[torch.Tensor] = []
    if head is None or not hasattr(head, "predict"):
        yield captured
        return
    predict = head.predict

    def keep(*args: Any, **kwargs: Any) -> torch.Tensor:
        captured.append(predict(*args, **kwargs))
        return captured[-1]

    head.predict = keep
    try:
        yield captured
    finally:
        del head.predict


@contextmanager
def kept_double() -> Iterator[None]:
    """`.float()` leaves float64 as it is, except for mmcv's own suppression.

    Heads (of FCOS, ATSS, GFL, TOOD, VFNet) say it against overflow in half precision: in float32 it does nothing, and
    in float64 it would round in the middle of the model.
    """
    original = torch.Tensor.float

    def float_(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        if tensor.dtype == torch.float64 and sys._getframe(1).f_code.co_name != "nms":
            return tensor
        return original(tensor, *args, **kwargs)

    torch.Tensor.float = float_
    try:
        yield
    finally:
        torch.Tensor.float = original


def _strided(logits: torch.Tensor) -> torch.Tensor:
    step = 1
    while logits[:, :, ::step, ::step].numel() > MOST_LOGITS:
        step += 1
    return logits[:, :, ::step, ::step].clone()
