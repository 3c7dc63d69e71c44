"""One model from its file to ONNX, with references: the steps in order. References come before the export."""

from collections.abc import Sequence
from dataclasses import replace

import onnx
import torch

from edge_engine.job import Job
from edge_engine.model_code import model_code
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.references import References
from edge_engine.request import Request

from .arguments import Argument
from .call import Call
from .cases import Case, drawn, extreme_cases, long_cases, marked_cases, random_cases, sizes_of
from .compared_numbers import with_compared
from .contract import contract_of
from .export_graph import ONNX_FILE, export_graph
from .exporter import choose_exporter
from .find_arguments import arrays_of, check_input_names, find_arguments, sample_arrays, with_ranges
from .free_axes import read_dynamic_axes, with_axes
from .inner import names_in_graph
from .layers import SourceLayers
from .load_model import Loaded, load_model
from .outputs import taken_keys, weight_inputs
from .record import Answer, record, references_of
from .source import Source
from .steady import fresh_copy, refuse_drift, refuse_memory, refuse_random_build
from .tidy import check_graph, facts, half_inside, name_axes
from .versions import has_dynamo, newest_torchscript_opset

STAGES = ("load", "references", "export", "files")
PACKAGES = ["torch", "onnx", "onnxscript", "onnx-ir", "timm", "transformers", "safetensors", "numpy"]


def convert(request: Request, job: Job) -> None:
    """Ends with `job.inputs`, `job.outputs`, and the files `model`, `contract` and `references`."""
    torch.manual_seed(request.seed)
    options = request.options
    with job.stage("load"), model_code(request.code_folder):
        loaded = load_model(request, job)
        choice = choose_exporter(options, loaded.form, has_dynamo(), newest_torchscript_opset())
        call = _call_of(loaded, request, job)
    with job.stage("references"), model_code(request.code_folder):
        fresh, arrays = fresh_copy(call.module), arrays_of(call.arguments)
        whole = Source(call, request.device)
        first = whole.probe(arrays)
        refuse_memory(whole, fresh, drawn(call.arguments, {}, "positive", request.seed + 1))
        del fresh  # as large as the model
        refuse_random_build(whole, loaded.rebuild, arrays)
        call = replace(call, taken=taken_keys(options.get("output_names"), whole.keys), arguments=with_compared(call))
        source = Source(call, request.device)
        source.probe(arrays)
        layers = SourceLayers(source)
        answers = record(layers, _cases(source, call.arguments, request), request.seed, job)
        refuse_drift(whole, first, arrays)
    with job.stage("export"), model_code(request.code_folder):
        exported = export_graph(loaded, source, answers, (choice, request, job))
        graph, choice = exported.graph, exported.choice
        check_graph(graph, call.arguments, len(source.keys), choice)
        name_axes(graph, call.arguments, answers)
        if (place := half_inside(graph)) is not None:
            job.warn(
                f"the module computes in float16 ({place}) and gives float32: float16 rounds more than the default "
                "allows, so it ships with a tolerance of your own, as `validate: {tolerance: {sqnr_db: 40}}`"
            )
        job.environment.update(facts(graph, choice))
    with job.stage("files"):
        references = _references(graph, loaded, answers, job)
        references.name_samples(request.samples)
        job.environment["layers"] = layers.attach(references, exported.graph.graph, exported.wrapper)
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
    plain, marked = random_cases(arguments, sizes, request), marked_cases(arguments, sizes, request)
    return [*real, *plain, *marked, *long_cases(source, arguments, request), *extreme_cases(arguments, request)]


def _references(graph: onnx.ModelProto, loaded: Loaded, answers: "list[Answer]", job: Job) -> References:
    layers = [name for answer in answers[:1] for name in answer.inner]
    found = names_in_graph(graph.graph, loaded.module, layers) if layers else {}
    names = [value.name for value in graph.graph.output]
    return references_of(answers, names, found, weight_inputs(graph, loaded.module, answers), job)
