"""The source model as training left it, beside the one that MMDeploy rewrites: faults of the rewriting show here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

import numpy as np
import torch

from edge_engine.failure import last_line

from .arrays import Arrays
from .evaluate import kept_double
from .forward_hooks import HookedHead, forward_hooks
from .intermediate_references import cheapest_first, plenty
from .predict import plain_samples
from .recorder import Recorder
from .traced_functions import NotedFunctions, noted_functions

PROBE = 128
FAILED = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError)


class Unpatched:
    """The model from before MMDeploy touched it; run when the rewriting of classes is over."""

    def __init__(self, model: torch.nn.Module, heads: list[HookedHead], first: torch.Tensor) -> None:
        self.model = model
        self.heads = heads
        #: Why there is nothing to compare with.
        self.reason: str | None = None
        self._first = first
        #: Of tensors of several decoder layers, how many the graph has; it has the last.
        self._layers: dict[str, int] = {}
        #: What it calls up to its heads.
        self.functions = NotedFunctions()
        try:
            self._before, self.functions = self._looked_into()
        except FAILED as error:
            self.reason = f"the source model itself fails: {last_line(error)[:200]}"

    def check(self) -> None:
        """The same picture, before and after the export: else some of MMDeploy's rewriting is still in force."""
        if self.reason is None and not _same(self._before, self._looked_into()[0]):
            self.reason = "MMDeploy's rewriting is still active after the export"

    def fit(self, rewritten: Mapping[str, Sequence[int]]) -> dict[str, str]:
        """rewritten: shapes of what the rewritten heads give for the picture that this was made with.

        MMDeploy leaves out decoder layers that only the loss looks at. Returns the names of what cannot be compared.
        """
        if self.reason is not None:
            return {}
        left_out: dict[str, str] = {}
        for name in rewritten.keys() & self._before.keys():
            shape, own = tuple(rewritten[name]), self._before[name].shape
            if shape == own:
                continue
            if shape[1:] == own[1:] and shape[0] < own[0]:
                self._layers[name] = shape[0]
            else:
                left_out[name] = f"MMDeploy's rewriting gives {_text(shape)}, the source gives {_text(own)}"
        return left_out

    def as_rewritten(self, values: Arrays) -> Arrays:
        """With the layers that the graph has."""
        return {name: value[-self._layers.get(name, len(value)) :] for name, value in values.items()}

    def raw(self, tensor: torch.Tensor) -> Arrays:
        """What the heads give for one input, by name."""
        with torch.no_grad(), forward_hooks(self.model, self.heads) as captured:
            self._forward(tensor)
        return {name: value.numpy() for name, value in captured.tensors().items()}

    def _looked_into(self) -> tuple[Arrays, NotedFunctions]:
        """Of the first picture. While functions are noted, torch's attention goes another way: each time or never."""
        with noted_functions(self.model) as functions:
            values = self.raw(self._first)
        return values, functions

    def double(self, tensor: torch.Tensor) -> Arrays:
        """In float64: of the heads whose values are, as others are no better than float32."""
        try:
            with kept_double():
                values = self.raw(tensor.double())
        except FAILED:
            return {}
        return {name: value for name, value in values.items() if value.dtype == np.float64}

    @contextmanager
    def in_double(self) -> Iterator[None]:
        self.model.double()
        try:
            yield
        finally:
            self.model.float()

    def _forward(self, tensor: torch.Tensor) -> None:
        """Up to the heads and no further. A two-stage detector's proposals depend on their suppression: not run."""
        if any(head.path == "rpn_head" for head in self.heads):
            self.model.rpn_head(self.model.extract_feat(tensor))
        elif hasattr(self.model, "encode_decode"):
            # Some heads have no plain forward (PointRend).
            size = tuple(tensor.shape[2:])
            self.model.encode_decode(tensor, [{"img_shape": size, "ori_shape": size, "pad_shape": size}] * len(tensor))
        elif any(head.path == "bbox_head" for head in self.heads):
            # DETR's encoder asks for the size of each picture.
            self.model(tensor, plain_samples(tensor), mode="tensor")
        else:
            self.model(tensor, mode="tensor")


def probe(first: torch.Tensor, free: set[int]) -> torch.Tensor:
    """A corner of the first picture where the size is free: it need not show anything, only take little time."""
    return first[:, :, :PROBE, :PROBE].contiguous() if {2, 3} <= free else first


def add_raw_heads(source: Unpatched, recorder: Recorder) -> None:
    """float32 and float64 of the heads, for the cases that are cheapest and still enough."""
    if source.reason is not None:
        return
    done: list[tuple[str, torch.Tensor, Arrays]] = []
    references = recorder.references
    for case in cheapest_first(references, recorder.input):
        tensor = torch.from_numpy(references.array(case, "in", recorder.input))
        try:
            done.append((case, tensor, source.as_rewritten(source.raw(tensor))))
        except FAILED:
            continue
        if all(plenty([values[name] for _, _, values in done if name in values]) for name in done[0][2]):
            break
    known = {case: recorder.heads.double_of_source(case, single) for case, _, single in done}
    with source.in_double() if None in known.values() else nullcontext():
        for case, tensor, single in done:
            double = known[case]
            if double is None:
                double = source.as_rewritten(source.double(tensor))
            for name in single.keys() & double.keys():
                recorder.intermediate.add(case, name, "source", single[name], double[name])


def _text(shape: Sequence[int]) -> str:
    return "x".join(str(length) for length in shape)


def _same(before: Arrays, after: Arrays) -> bool:
    if before.keys() != after.keys():
        return False
    return all(np.array_equal(before[name], after[name], equal_nan=True) for name in before)
