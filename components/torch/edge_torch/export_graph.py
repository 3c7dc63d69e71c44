"""The graph of a module that has answered: by the exporter that was chosen, or by what is left where that one fails."""

import copy
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import onnx
import torch

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.request import Request

from .arguments import Array
from .call import WRAPPED, Call, flat_module
from .export import Export
from .exporter import Choice, choose_exporter
from .find_arguments import arrays_of
from .load_model import Loaded
from .outputs import output_names, refuse_decisions
from .record import Answer
from .size_ranges import Ranges, ranges_of, refuse_ranges
from .source import Source
from .tidy import baked_output, distinct_outputs, rename_outputs
from .versions import newest_torchscript_opset

ONNX_FILE = "model.onnx"
#: What dynamo fails with and torchscript may do; a decision by values neither can.
OTHERS_TASK = ("output-baked", "export-fails", "operator-unsupported")
How = tuple[Choice, Request, Job]


@dataclass(frozen=True)
class Exported:
    """wrapper: the path of the source in the module that was exported, '' where it is that itself."""

    graph: onnx.ModelProto
    choice: Choice
    wrapper: str
    ranges: Ranges


def export_graph(loaded: Loaded, source: Source, answers: Sequence[Answer], how: How) -> Exported:
    """Where dynamo fails or fixes what varies, unasked for, torchscript tries it."""
    choice, request, job = how
    try:
        exported = _checked(loaded, source, answers, how)
    except Failure as failure:
        if choice.exporter != "dynamo" or _is_wanted(loaded, request) or not _is_others_task(failure, loaded):
            raise
        print(f"{failure}: once more by torchscript", flush=True)
        try:
            options = {**request.options, "exporter": "torchscript"}
            other = choose_exporter(options, loaded.form, True, newest_torchscript_opset())
            exported = _plainly(loaded, source, (other, request, job))
        except Failure:
            raise failure from None
        return replace(exported, choice=replace(other, because=str(failure)))
    refuse_ranges(source, exported.ranges, request)
    return exported


def _checked(loaded: Loaded, source: Source, answers: Sequence[Answer], how: How) -> Exported:
    exported = _plainly(loaded, source, how)
    baked = baked_output(exported.graph, answers) if how[0].exporter == "dynamo" else None
    if baked is not None:
        message = f"the exporter dynamo fixes {baked}, which varies in the source"
        raise Failure("input", "output-baked", message, "Try the other one: torch: {exporter: torchscript}")
    return exported


def _plainly(loaded: Loaded, source: Source, how: How) -> Exported:
    """What a parametrization computes its weights by may be no operator of ONNX: then with what it computed."""
    try:
        return _export(loaded, source, source.call, how)
    except Failure as failure:
        plain = _without_parametrizations(source.call.module) if failure.code == "operator-unsupported" else None
        if plain is None:
            raise
        print(f"{failure}: once more with plain weights instead of parametrizations", flush=True)
        return _export(loaded, source, replace(source.call, module=plain), how)


def _without_parametrizations(module: Any) -> Any:
    """A copy whose weights are the numbers that they are now; None where there is nothing to take out."""
    parametrize = getattr(torch.nn.utils, "parametrize", None)
    if parametrize is None or isinstance(module, torch.jit.ScriptModule):
        return None
    if not any(parametrize.is_parametrized(part) for part in module.modules()):
        return None
    plain = copy.deepcopy(module)
    for part in list(plain.modules()):
        for name in list(part.parametrizations) if parametrize.is_parametrized(part) else []:
            parametrize.remove_parametrizations(part, name, leave_parametrized=True)
    return plain


def _is_others_task(failure: Failure, loaded: Loaded) -> bool:
    """What dynamo fails with and torchscript may do. Of a length that is baked in: where a recurrent layer has it."""
    if failure.code == "axis-baked":
        return any(isinstance(layer, torch.nn.RNNBase) for layer in loaded.module.modules())
    return failure.code in OTHERS_TASK


def _is_wanted(loaded: Loaded, request: Request) -> bool:
    """Only dynamo will do."""
    return request.options.get("exporter") == "dynamo" or loaded.program is not None


def _export(loaded: Loaded, source: Source, call: Call, how: How) -> Exported:
    choice, request, job = how
    arrays = arrays_of(call.arguments)
    tensors = [torch.from_numpy(_own(arrays[argument.name])) for argument in call.arguments]
    module, wrapper = call.module, ""
    if choice.exporter == "torchscript":
        refuse_decisions(call, tensors, request.code_folder)
    if loaded.program is None:
        module = module.to("cpu")
        with torch.no_grad():
            # Clones: forward may write to its arguments.
            positional, named = call.split([tensor.clone() for tensor in tensors])
            answer = module(*positional, **named)
        if not call.is_plain(answer):
            module, wrapper = flat_module(call), WRAPPED
    inputs = [argument.name for argument in call.arguments]
    outputs = output_names(request.options.get("output_names"), source.keys, choice)
    axes = {argument.name: dict(argument.axes) for argument in call.arguments if argument.axes}
    # A folder of its own: what else the exporter writes is seen, and does not stay.
    with tempfile.TemporaryDirectory(dir=request.output) as folder:
        path = Path(folder) / ONNX_FILE
        export = Export(loaded, choice, request.options, request.code_folder)
        try:
            export.write(module, tensors, path, (inputs, outputs, axes))
        except Failure as failure:
            if failure.code == "data-dependent":
                refuse_decisions(call, tensors, request.code_folder)
            raise
        graph = onnx.load(str(path))
    for place in dict.fromkeys(export.traced if axes else []):
        job.warn(f"{place}: the exporter torchscript keeps a size or a decision there as it is in torch.args")
    for place in dict.fromkeys(export.traced_elsewhere):
        print(f"traced as a constant: {place}", flush=True)
    distinct_outputs(graph)
    rename_outputs(graph, outputs)
    ranges = ranges_of(export.program, call.arguments) if export.program is not None else {}
    return Exported(graph, choice, wrapper, ranges)


def _own(array: Array) -> Array:
    """torch wants memory that it may write to."""
    return array.copy()
