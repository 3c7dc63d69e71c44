"""One model from its file to ONNX, with references: the steps in order. References come before the export."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import onnx
import torch

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.model_code import model_code
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.references import References
from edge_engine.request import Request

from .arguments import Argument, Array
from .call import Call, flat_module
from .cases import Case, extreme_cases, random_cases, sizes_of
from .contract import contract_of
from .export import Export
from .exporter import Choice, choose_exporter
from .find_arguments import arrays_of, check_input_names, find_arguments, sample_arrays, with_ranges
from .free_axes import read_dynamic_axes, with_axes
from .inner import names_in_graph
from .load_model import Loaded, load_model
from .outputs import output_names, refuse_decisions, taken_keys, weight_inputs
from .record import Answer, record, references_of
from .source import Source
from .tidy import baked_output, check_graph, facts, name_axes, rename_outputs
from .versions import has_dynamo, newest_torchscript_opset

STAGES = ("load", "references", "export", "files")
PACKAGES = ["torch", "onnx", "onnxscript", "onnx-ir", "timm", "transformers", "safetensors", "numpy"]
ONNX_FILE = "model.onnx"
#: What dynamo fails with and torchscript may do; a decision by values neither can.
OTHERS_TASK = ("output-baked", "export-fails", "operator-unsupported")


def convert(request: Request, job: Job) -> None:
    """Ends with `job.inputs`, `job.outputs`, and the files `model`, `contract` and `references`."""
    torch.manual_seed(request.seed)
    options = request.options
    with job.stage("load"), model_code(request.code_folder):
        loaded = load_model(request, job)
        choice = choose_exporter(options, loaded.form, has_dynamo(), newest_torchscript_opset())
        call = _call_of(loaded, request, job)
    with job.stage("references"), model_code(request.code_folder):
        source = Source(call, request.device)
        source.probe(arrays_of(call.arguments))
        call = replace(call, taken=taken_keys(options.get("output_names"), source.keys))
        source = Source(call, request.device)
        source.probe(arrays_of(call.arguments))
        answers = record(source, _cases(source, call.arguments, request), request.seed, job)
    with job.stage("export"), model_code(request.code_folder):
        graph, choice = _exported(loaded, source, answers, (choice, request))
        check_graph(graph, call.arguments, len(source.keys), choice)
        name_axes(graph, call.arguments, answers)
        job.environment.update(facts(graph, choice))
    with job.stage("files"):
        references = _references(graph, loaded, answers, job)
        references.name_samples(request.samples)
        path = job.file("model", ONNX_FILE)
        path.write_bytes(graph.SerializeToString())
        graph = finish_onnx(path, request.metadata)
        job.inputs, job.outputs = ports(graph)
        job.json_file("contract", "contract.json", contract_of(graph, request.classes))
        references.write(job.file("references", "references.safetensors"))


def _call_of(loaded: Loaded, request: Request, job: Job) -> Call:
    """Arguments by the names that the graph gives them, with free axes and ranges."""
    options = request.options
    arguments = find_arguments(loaded, request)
    call = Call(loaded.module, arguments, loaded.by_name)
    arguments = with_ranges(call, job)
    names = options.get("input_names")
    check_input_names(names, len(arguments))
    axes = read_dynamic_axes(options.get("dynamic_axes", {}))
    if loaded.program is not None:
        named = names or [argument.name for argument in arguments]
        own = {to: loaded.axes[a.name] for to, a in zip(named, arguments) if a.name in loaded.axes}
        axes = {name: {**own.get(name, {}), **axes.get(name, {})} for name in {**own, **axes}}
    if names:
        arguments = [
            replace(argument, name=name, parameter=argument.parameter or argument.name)
            for argument, name in zip(arguments, names)
        ]
    return Call(loaded.module, with_axes(arguments, axes, options.get("output_names")), loaded.by_name)


def _cases(source: Source, arguments: Sequence[Argument], request: Request) -> list[Case]:
    real = [
        Case(f"sample-{number}", "real", sample_arrays(path, arguments)) for number, path in enumerate(request.samples)
    ]
    if any(argument.values is not None for argument in arguments):
        real.append(Case("given", "real", dict(arrays_of(arguments))))
    sizes = sizes_of(source, arguments, request)
    return [*real, *random_cases(arguments, sizes, request), *extreme_cases(arguments, request)]


def _exported(
    loaded: Loaded, source: Source, answers: Sequence[Answer], how: "tuple[Choice, Request]"
) -> "tuple[onnx.ModelProto, Choice]":
    """By the exporter that was chosen; where dynamo fails or fixes what varies, unasked for, by the other one."""
    choice, request = how
    try:
        return _checked(loaded, source, answers, how), choice
    except Failure as failure:
        if choice.exporter != "dynamo" or _is_wanted(loaded, request) or not _is_others_task(failure, loaded):
            raise
        print(f"{failure}: once more by torchscript", flush=True)
        try:
            options = {**request.options, "exporter": "torchscript"}
            other = choose_exporter(options, loaded.form, True, newest_torchscript_opset())
            return _export(loaded, source, other, request), replace(other, because=str(failure))
        except Failure:
            raise failure from None


def _checked(
    loaded: Loaded, source: Source, answers: Sequence[Answer], how: "tuple[Choice, Request]"
) -> onnx.ModelProto:
    graph = _export(loaded, source, *how)
    baked = baked_output(graph, answers) if how[0].exporter == "dynamo" else None
    if baked is not None:
        message = f"the exporter dynamo fixes {baked}, which varies in the source"
        raise Failure("input", "output-baked", message, "Try the other one: torch: {exporter: torchscript}")
    return graph


def _is_others_task(failure: Failure, loaded: Loaded) -> bool:
    """What dynamo fails with and torchscript may do. Of a length that is baked in: where a recurrent layer has it."""
    if failure.code == "axis-baked":
        return any(isinstance(layer, torch.nn.RNNBase) for layer in loaded.module.modules())
    return failure.code in OTHERS_TASK


def _is_wanted(loaded: Loaded, request: Request) -> bool:
    """Only dynamo will do."""
    return request.options.get("exporter") == "dynamo" or loaded.program is not None


def _export(loaded: Loaded, source: Source, choice: Choice, request: Request) -> onnx.ModelProto:
    call = source.call
    arrays = arrays_of(call.arguments)
    tensors = [torch.from_numpy(_own(arrays[argument.name])) for argument in call.arguments]
    module = call.module
    if choice.exporter == "torchscript":
        refuse_decisions(call, tensors, request.code_folder)
    if loaded.program is None:
        module = module.to("cpu")
        with torch.no_grad():
            positional, named = call.split(tensors)
            answer = module(*positional, **named)
        if not call.is_plain(answer):
            module = flat_module(call)
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
        for place in dict.fromkeys(export.traced):
            print(f"traced as a constant: {place}", flush=True)
        graph = onnx.load(str(path))
    rename_outputs(graph, outputs)
    return graph


def _own(array: Array) -> Array:
    """torch wants memory that it may write to."""
    return array.copy()


def _references(graph: onnx.ModelProto, loaded: Loaded, answers: "list[Answer]", job: Job) -> References:
    layers = [name for answer in answers[:1] for name in answer.inner]
    found = names_in_graph(graph.graph, loaded.module, layers) if layers else {}
    names = [value.name for value in graph.graph.output]
    return references_of(answers, names, found, weight_inputs(graph, loaded.module, answers), job)
