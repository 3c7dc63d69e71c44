"""The weights of a checkpoint in a module, so that nothing stays random in silence."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import torch

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.request import Request
from edge_engine.words import counted

from .weights import State, some


def load_strictly(model: torch.nn.Module, state: State, request: Request, job: Job) -> None:
    """`Failure` (mismatch) that names what is missing, unexpected, or of another shape or kind."""
    _refuse_quantised(model)
    own = {name: value for name, value in model.state_dict().items() if isinstance(value, torch.Tensor)}
    state = _with_counts(model, state)
    _refuse_untied(own, state)
    # Weights that are tied are one tensor under two names, of which safetensors keeps one.
    loaded = {place for name in state if name in own and (place := _place_of(own[name])) is not None}
    missing = [name for name in own if name not in state and _place_of(own[name]) not in loaded]
    unexpected = [name for name in state if name not in own]
    said = [
        *_said("missing", missing, request.allow_missing),
        *_said("unexpected", unexpected, request.allow_unexpected),
        *_misshaped(own, state),
    ]
    if said:
        message = f"the checkpoint does not fit the model: {'; '.join(said)}"
        hint = "Use the checkpoint that belongs to this model, or build the model as it was trained (torch.build_args)."
        raise Failure("mismatch", "checkpoint-mismatch", message, hint)
    for what, names in (("missing", missing), ("unexpected", unexpected)):
        if names:
            allowed = counted(len(names), f"{what} tensor is allowed", f"{what} tensors are allowed")
            job.warn(f"{allowed} by the configuration: {some(names)}")
    kinds = sorted({f"{v.dtype}"[6:] for n, v in state.items() if n in own and v.dtype != own[n].dtype})
    if kinds:
        job.warn(f"the checkpoint holds {', '.join(kinds)} where the model computes in another type")
    model.load_state_dict(state, strict=False)


def is_lazy(tensor: torch.Tensor) -> bool:
    """Of a module as nn.LazyLinear: it has a shape when its weights are loaded."""
    return bool(torch.nn.parameter.is_lazy(tensor))


def _place_of(tensor: torch.Tensor) -> "int | None":
    """Where it lies in memory; None where it has no numbers."""
    return None if is_lazy(tensor) or tensor.numel() == 0 else tensor.data_ptr()


def _with_counts(model: torch.nn.Module, state: State) -> State:
    """How many batches a layer saw is no weight: old checkpoints do not have it, and an average makes it a fraction."""
    counts = {
        f"{path}.num_batches_tracked" if path else "num_batches_tracked": part.num_batches_tracked
        for path, part in model.named_modules()
        if isinstance(part, torch.nn.modules.batchnorm._BatchNorm) and part.num_batches_tracked is not None
    }
    return {**state, **counts}


def _refuse_untied(own: Mapping[str, torch.Tensor], state: State) -> None:
    """`Failure` where the model has one tensor under two names, and the checkpoint different numbers there."""
    first: dict[tuple[int, torch.Size], str] = {}
    for name in (name for name in own if name in state):
        place = _place_of(own[name])
        if place is None:
            continue
        other = first.setdefault((place, own[name].shape), name)
        if other != name and not torch.equal(state[name], state[other]):
            message = f"the checkpoint does not fit the model: {other} and {name} are one tensor there, and two here"
            hint = "Build the model without tied weights, as it was trained; or upload the checkpoint of a tied one."
            raise Failure("mismatch", "checkpoint-mismatch", message, hint)


def _refuse_quantised(model: torch.nn.Module) -> None:
    """`Failure` for layers of torch.ao.quantization, whose weights are no plain tensors."""
    found = [(path, part) for path, part in model.named_modules() if ".quantized" in type(part).__module__]
    if found:
        path, part = found[0]
        kind = f"{type(part).__module__}.{type(part).__qualname__}"
        message = f"{path or 'the module'} is quantised ({kind}), which torch's exporters do not write as ONNX"
        hint = "Upload the model as it was before quantisation, with a build() that does not quantise."
        raise Failure("input", "operator-unsupported", message, hint)


def _said(what: str, names: list[str], allowed: list[str]) -> list[str]:
    left = [name for name in names if not any(fnmatchcase(name, pattern) for pattern in allowed)]
    return [f"{len(left)} {what}: {some(left)}"] if left else []


def _misshaped(own: Mapping[str, torch.Tensor], state: State) -> list[str]:
    wrong = [
        f"{name} is {list(value.shape)}, the model's {list(own[name].shape)}"
        for name, value in state.items()
        if name in own and not is_lazy(own[name]) and value.shape != own[name].shape
    ]
    wrong += [
        f"{name} is {str(value.dtype)[6:]}, the model's {str(own[name].dtype)[6:]}"
        for name, value in state.items()
        if name in own
        and not is_lazy(own[name])
        and value.shape == own[name].shape
        and value.is_floating_point() != own[name].is_floating_point()
    ]
    return [f"{len(wrong)} of another shape or kind: {some(wrong)}"] if wrong else []
