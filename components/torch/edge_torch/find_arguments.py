"""Where the arguments of forward come from: the options, a file, the checkpoint itself, or a library's own word."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from edge_engine.failure import Failure, last_line
from edge_engine.job import Job
from edge_engine.request import Request
from edge_engine.words import counted

from .arguments import Argument, Array, given_arguments, said_arguments, unknown_names
from .call import Call
from .draw import example
from .load_model import Loaded
from .source import FAILED

TEXT = {"input_ids": "integers", "attention_mask": "mask"}


def find_arguments(loaded: Loaded, request: Request) -> list[Argument]:
    """In the order of forward, by the names of its parameters. `Failure` where nothing says what they are."""
    said = request.options.get("args")
    if isinstance(said, (list, dict)):
        return said_arguments(said, loaded.names)
    files = [said.removeprefix("./")] if isinstance(said, str) else request.files.get("args", [])
    if files:
        return _ordered(given_arguments(read_arrays(request.folder / files[0])), loaded, files[0])
    if loaded.example is not None:
        return given_arguments(loaded.example)
    if request.options.get("timm"):
        shape = [1, *loaded.module.default_cfg["input_size"]]
        return said_arguments([{"shape": shape}], loaded.names)
    if loaded.by_name:
        return said_arguments({n: {"shape": [2, 8], "dtype": "int64", "generator": g} for n, g in TEXT.items()}, ())
    message = "nothing says what arguments forward takes"
    hint = f"In conversion.yaml: torch: {{args: [{{shape: [1, 3, 224, 224]}}]}}; forward takes {_names(loaded)}."
    raise Failure("input", "args-missing", message, hint)


def read_arrays(path: Path) -> dict[str, Array]:
    """Of an .npz, .npy or .safetensors file, by name, without unpickling. `Failure` where it cannot be read."""
    try:
        if path.suffix == ".safetensors":
            from safetensors.numpy import load_file

            return dict(load_file(str(path)))
        found = np.load(path, allow_pickle=False)
        return {name: found[name] for name in found.files} if hasattr(found, "files") else {"": np.asarray(found)}
    except FileNotFoundError as error:
        message = f"torch.args names {path.name}, which is not in the model's folder"
        raise Failure("input", "file-missing", message, "Put it beside the model, and write ./FILE.") from error
    except (ValueError, EOFError, KeyError, OSError, Exception) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        hint = "Write it with numpy.savez(FILE, name=array, …), or safetensors.numpy.save_file; no Python objects."
        raise Failure(
            "input", "args-unreadable", f"{path.name} cannot be read: {last_line(error)[:200]}", hint
        ) from error


def sample_arrays(path: Path, arguments: Sequence[Argument]) -> dict[str, Array]:
    """One real input. `Failure` where a name, a type or a fixed length does not fit."""
    arrays = read_arrays(path)
    if set(arrays) == {""} and len(arguments) == 1:
        arrays = {arguments[0].name: arrays[""]}
    missing = [argument.name for argument in arguments if argument.name not in arrays]
    if missing:
        message = f"{path.name} has no tensor {', '.join(missing)}; it has {', '.join(arrays) or 'none'}"
        raise Failure("input", "sample-names", message, "Name its tensors as the arguments of forward.")
    for argument in arguments:
        found, free = arrays[argument.name], dict(argument.axes)
        fits = found.ndim == len(argument.shape) and all(
            axis in free or size == argument.shape[axis] for axis, size in enumerate(found.shape)
        )
        if not fits or found.dtype.name != argument.dtype:
            message = (
                f"{path.name}: {argument.name} is {found.dtype.name}{list(found.shape)}, "
                f"and torch.args says {argument.dtype}{list(argument.shape)}"
            )
            raise Failure("input", "sample-shape", message, "Correct the sample, torch.args, or torch.dynamic_axes.")
    return {argument.name: arrays[argument.name] for argument in arguments}


def with_ranges(call: Call, job: Job) -> list[Argument]:
    """Integers without a range get that of the table that they look up."""
    open_ones = [a for a in call.arguments if a.generator == "integers" and a.high is None]
    if not open_ones:
        return list(call.arguments)
    tables = _tables(call)
    found = []
    for argument in call.arguments:
        if argument in open_ones:
            rows = tables.get(argument.name)
            if rows is None:
                job.warn(f"torch.args.{argument.name}: only 0 and 1 are tried; give it `low` and `high`")
            argument = replace(argument, high=float(rows or 2))
        found.append(argument)
    return found


def _tables(call: Call) -> dict[str, int]:
    """By argument, the rows of the smallest nn.Embedding that takes it: with zeros, which each table has."""
    tensors = {
        a.name: torch.from_numpy(np.zeros(a.shape, a.dtype) if a.generator == "integers" else np.array(example(a)))
        for a in call.arguments
    }
    found: dict[str, int] = {}

    def look(layer: Any, inputs: Any) -> None:
        for name, tensor in tensors.items():
            if inputs[0].shape == tensor.shape and not tensor.is_floating_point() and not inputs[0].any():
                found[name] = min(layer.num_embeddings, found.get(name, layer.num_embeddings))

    layers = [] if isinstance(call.module, (torch.jit.ScriptModule, torch.fx.GraphModule)) else call.module.modules()
    handles = [x.register_forward_pre_hook(look) for x in layers if isinstance(x, torch.nn.Embedding)]
    try:
        with torch.no_grad():
            call.of(call.module, list(tensors.values()))
    except FAILED:
        # What the module refuses is said by the probe, with the arguments that are meant.
        return found
    finally:
        for handle in handles:
            handle.remove()
    return found


def _ordered(arguments: "list[Argument]", loaded: Loaded, file: str) -> list[Argument]:
    """In the order of forward."""
    by_name = {argument.name: argument for argument in arguments}
    if set(by_name) == {""}:
        return [replace(arguments[0], name=loaded.names[0] if loaded.names else "input")]
    unknown = [name for name in by_name if loaded.names and name not in loaded.names]
    if unknown:
        raise unknown_names(f"{file} holds", unknown, "arguments of forward", loaded.names)
    return [by_name[name] for name in loaded.names if name in by_name] if loaded.names else arguments


def _names(loaded: Loaded) -> str:
    return ", ".join(loaded.names) or "arguments by name"


def check_input_names(said: "Sequence[str] | None", count: int) -> None:
    if said is not None and (len(said) != count or len(set(said)) != count):
        names, tensors = counted(len(said), "name"), counted(count, "tensor")
        message = f"torch.input_names has {names} ({', '.join(said)}), and forward gets {tensors}"
        raise Failure(
            "input", "names-count", message, "Give each input one name of its own, in the order of torch.args."
        )


def arrays_of(arguments: Sequence[Argument]) -> Mapping[str, Array]:
    """The arguments that are exported with."""
    return {argument.name: example(argument) for argument in arguments}
