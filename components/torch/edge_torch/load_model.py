"""The module of a checkpoint, in evaluation mode, by the form that the file has."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from edge_engine.failure import Failure, last_line
from edge_engine.job import Job
from edge_engine.request import Request

from .arguments import Array
from .build_code import build_module, find_build
from .file_form import Form, form_of
from .libraries import is_hugging_face, timm_module, transformers_module
from .strict_load import is_lazy, load_strictly
from .weights import read_object, state_in

#: Of a graph file 2^31 - 1, with room for the graph itself.
MOST_BYTES = (1 << 31) - (16 << 20)


@dataclass(frozen=True)
class Loaded:
    """`names`: those of forward's parameters, in their order. `example`: arguments that the file itself brings."""

    module: Any
    form: Form
    names: tuple[str, ...]
    example: "dict[str, Array] | None" = None
    #: The torch.export program, which is what dynamo exports.
    program: Any = None
    #: Of a program the free axes that it was exported with.
    axes: dict[str, dict[int, str]] = field(default_factory=dict)
    #: forward takes arguments by name alone.
    by_name: bool = False
    #: Builds it anew with the same weights; None where it is not built, or not all of its weights are in the file.
    rebuild: "Callable[[], Any] | None" = None


def load_model(request: Request, job: Job) -> Loaded:
    """`Failure` for another form of file, weights that do not fit, code that nobody trusts."""
    path = request.file("checkpoint")
    form = form_of(path)
    if form in ("torchscript", "exported") and request.code is not None:
        message = f"{path.name} holds a program, and code comes from Git alone"
        raise Failure("input", "code-from-store", message, "Upload the state_dict, and keep build() in Git.")
    if form == "exported":
        loaded = _exported(path)
    elif form == "torchscript":
        loaded = _torchscript(path)
    else:
        loaded = _with_weights(path, form, request, job)
    # On the outermost module: the exporter sets what is inside by it.
    if form != "exported":
        loaded.module.eval()
    refuse_large(loaded.module)
    return loaded


def _with_weights(path: Path, form: Form, request: Request, job: Job) -> Loaded:
    if is_hugging_face(request):
        return Loaded(transformers_module(request), form, (), by_name=True)
    # First: a whole module needs no other one.
    found = read_object(path, form, request)
    if isinstance(found, torch.nn.Module):
        return Loaded(found, form, parameters_of(found))
    module = _without_weights(path, request)
    refuse_large(module)
    state = state_in(found, path, request.options.get("state_dict_key"))
    load_strictly(module, state, request, job)

    def rebuild() -> Any:
        again = _without_weights(path, request)
        again.load_state_dict(state, strict=False)
        return again.eval()

    whole = not request.allow_missing and not request.options.get("timm")
    return Loaded(module, form, parameters_of(module), rebuild=rebuild if whole else None)


def _without_weights(path: Path, request: Request) -> Any:
    if request.options.get("timm"):
        return timm_module(request.options["timm"])
    build = find_build(request)
    if build is not None:
        return build_module(request, *build)
    hint = (
        "Put a Python file with `def build(): return MyModule(...)` beside it; "
        "a model of timm is named: torch: {timm: NAME}"
    )
    raise Failure("input", "build-missing", f"{path.name} holds weights, and nothing says which module has them", hint)


def _torchscript(path: Path) -> Loaded:
    try:
        module = torch.jit.load(str(path), map_location="cpu")
    except (RuntimeError, ValueError) as error:
        message = f"{path.name} is TorchScript that cannot be read: {last_line(error)[:300]}"
        hint = "Save it again, with a torch that is not newer, and with operators that torch itself has."
        raise Failure("input", "checkpoint-unreadable", message, hint) from error
    schema = module.forward.schema
    for returned in schema.returns:
        refuse_sequences(returned.type)
    return Loaded(module, "torchscript", tuple(argument.name for argument in schema.arguments[1:]))


def refuse_sequences(kind: Any) -> None:
    """`Failure` where a TorchScript's forward gives a list or a mapping, which stays one in the graph."""
    if kind.kind() == "TupleType":
        for entry in kind.elements():
            refuse_sequences(entry)
    if kind.kind() in ("ListType", "DictType"):
        message = f"forward gives {kind.annotation_str}, a sequence or a map, which onnxruntime-node cannot run"
        hint = "Return tensors or a tuple of them, as torch.stack or torch.cat of the list, and script it again."
        raise Failure("input", "dtype-unsupported", message, hint)


def _exported(path: Path) -> Loaded:
    export = getattr(torch, "export", None)
    if export is None:
        hint = "Use torch 2.6 or newer."
        raise Failure("input", "exporter-missing", f"torch {torch.__version__} reads no torch.export program", hint)
    try:
        program = export.load(str(path))
    except Exception as error:  # a damaged archive: whatever its reader raises
        message = f"{path.name} is a torch.export program that cannot be read: {last_line(error)[:300]}"
        hint = "Save it with torch.export.save, with this version of torch or an older one."
        raise Failure("input", "checkpoint-unreadable", message, hint) from error
    from .program import read_program

    names, example, axes = read_program(program)
    return Loaded(program.module(), "exported", names, example, program, axes)


def parameters_of(module: torch.nn.Module) -> tuple[str, ...]:
    """Names of what forward takes by place."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(name for name, entry in inspect.signature(module.forward).parameters.items() if entry.kind in kinds)


def refuse_large(module: torch.nn.Module) -> None:
    """`Failure` where the weights alone are more than a protobuf file may hold."""
    tensors = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers()) if not is_lazy(tensor)}
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if size > MOST_BYTES:
        message = f"the weights take {size / 1e9:.1f} GB, and one ONNX file holds 2 GB at most"
        hint = "Split the model, or train a smaller one: weights beside the file are not supported by this engine."
        raise Failure("input", "model-too-large", message, hint)
