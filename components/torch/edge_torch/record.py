"""Asks the source for all cases, before anything is exported; names of outputs come with the graph."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.references import References

from .arguments import Array
from .cases import Case
from .inner import layer_outputs
from .layers import SourceLayers
from .source import FAILED, Results

#: Bytes of one layer's output that are kept of a case.
MOST_INNER = 16 << 20


@dataclass
class Answer:
    """What the source gave for one case; `inner` by layer."""

    case: Case
    single: Results
    exact: "Results | None" = None
    variants: list[Results] = field(default_factory=list)
    inner: dict[str, tuple[Array, "Array | None"]] = field(default_factory=dict)


def record(layers: SourceLayers, cases: Sequence[Case], seed: int, job: Job) -> list[Answer]:
    """`Failure` for a sample that the module refuses, and where it answers no drawn case with numbers."""
    source = layers.source
    answers: list[Answer] = []
    refused = 0
    for case in cases:
        try:
            answers.append(_ask(layers, case))
        except FAILED as error:
            if case.kind == "real":
                message = f"the module refuses {case.name}: {type(error).__name__}: {str(error)[:200]}"
                hint = "Take a sample that the module accepts."
                raise Failure("input", "sample-refused", message, hint) from error
            refused += 1
    counting = [answer for answer in answers if answer.case.kind != "extreme"]
    finite = [answer for answer in counting if _is_finite(answer.single)]
    if not finite:
        message = "the module gives no finite numbers for the inputs that are drawn"
        hint = "Give torch.args a generator, `low` and `high` that suit the module, or put samples/*.npz beside it."
        raise Failure("input", "source-not-finite", message, hint)
    if source.fp64_problem is not None:
        for answer in counting:
            answer.exact = None
            answer.inner = {}
            answer.variants = source.variants(answer.case.arrays, seed)
        job.warn(f"{source.fp64_problem}: it is compared with float32 in four other ways")
    if refused:
        job.warn(f"the module refuses {refused} of {len(cases)} drawn inputs, which are left out")
    kept = {id(answer) for answer in finite}
    return [answer for answer in answers if answer.case.kind == "extreme" or id(answer) in kept]


def _ask(layers: SourceLayers, case: Case) -> Answer:
    source = layers.source
    if case.kind == "extreme":
        return Answer(case, source.single(case.arrays))
    if not source.hides:
        return Answer(case, *layers.answer(case))
    with layer_outputs(source.call.module) as seen, layer_outputs(source.wide()) as seen_wide:
        single, exact = layers.answer(case)
    wide = {name: _stored(values[0]) for name, values in seen_wide.items() if _is_kept(values)}
    inner = {name: (_stored(values[0]), wide.get(name)) for name, values in seen.items() if _is_kept(values)}
    return Answer(case, single, exact, inner=inner)


def _is_kept(values: "list[torch.Tensor]") -> bool:
    return len(values) == 1 and values[0].numel() * values[0].element_size() <= MOST_INNER


def _stored(tensor: torch.Tensor) -> Array:
    return np.array(tensor.cpu().numpy())


def _is_finite(results: Results) -> bool:
    return all(array.dtype.kind != "f" or bool(np.isfinite(array).all()) for array in results)


def references_of(
    answers: Sequence[Answer], outputs: Sequence[str], layers: "dict[str, str]", extra: "dict[str, Any]", job: Job
) -> References:
    """outputs: names in the graph's order. layers: of some layers, their output's name there. extra: more inputs."""
    references = References()
    dropped = 0
    for answer in answers:
        parts: dict[str, dict[str, Any]] = {
            "in": {**answer.case.arrays, **extra},
            "fp32": dict(zip(outputs, answer.single)),
        }
        if answer.case.kind != "extreme":
            if answer.exact is not None:
                parts["fp64"] = dict(zip(outputs, answer.exact))
            parts["aux"] = _aux(answer, outputs, layers)
        dropped += not references.add(answer.case.name, answer.case.kind, parts)
    if dropped:
        job.warn(f"{dropped} reference cases were left out: the others already take {references.bytes >> 20} MB")
    if any(answer.inner for answer in answers):
        references.intermediate = {name: "source" for name in layers.values()}
    return references


def _aux(answer: Answer, outputs: Sequence[str], layers: "dict[str, str]") -> dict[str, Array]:
    found: dict[str, Array] = {}
    for way, results in enumerate(answer.variants, start=1):
        found |= {f"fp32.{way}/{name}": array for name, array in zip(outputs, results)}
    for layer, name in layers.items():
        single, exact = answer.inner.get(layer, (None, None))
        if single is not None and exact is not None:
            found |= {f"fp32/{name}": single, f"fp64/{name}": exact}
    for name, array in zip(outputs, answer.single):
        found |= _margin(name, array, answer)
    return found


def _margin(name: str, labels: Array, answer: Answer) -> dict[str, Array]:
    """Where an output is the place of the largest value of a layer, how far that is ahead of the second."""
    if labels.dtype.kind != "i":
        return {}
    for single, exact in answer.inner.values():
        if exact is None or exact.dtype.kind != "f":
            continue
        for axis in {1, exact.ndim - 1} & set(range(exact.ndim)):
            chosen = np.argmax(exact, axis=axis)
            if exact.shape[axis] > 1 and chosen.shape == labels.shape and np.array_equal(chosen, labels):
                top = np.sort(exact, axis=axis).take([-2, -1], axis=axis)
                margin = top.take(1, axis=axis) - top.take(0, axis=axis)
                noise = np.array([np.abs(exact - single).max(initial=0)], np.float64)
                return {f"{name}.margin": margin.astype(np.float32), f"{name}.noise": noise}
    return {}
