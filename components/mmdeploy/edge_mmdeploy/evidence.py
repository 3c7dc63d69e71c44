"""Exports a model, and computes what its graph is compared with."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from mmengine.config import Config

from edge_engine.failure import last_line
from edge_engine.job import Job
from edge_engine.references import References
from edge_engine.request import Request
from edge_engine.tables import stored_in
from edge_engine.torch_weights import weights_of
from edge_engine.weights import attach_weights

from .baked_axes import Baked, baked_axes
from .behaviour import RESIZED, WINDOW, Behaviour
from .cases import Case, Plan
from .class_targeted_case import class_targeted_case
from .codebase import Codebase
from .deploy_config import ONNX_FILE, symbolic_axes
from .evaluate import Evaluator
from .export import Output, Source, export_onnx
from .forward_hooks import find_heads, replaced_heads
from .golden import add_golden_picture, all_hide
from .graph_runs import graph_runs
from .inputs import inputs_of, same_size
from .precision import fp64_problem, head_shapes
from .predict import is_evaluated_otherwise
from .preprocess import turns_round
from .previews import write_previews
from .real_size import DRAWN, add_other_picture, add_real_size
from .record import record_references
from .recorder import Recorder
from .same_outputs import Outputs
from .samples import Sample, drawn_picture, normalisation
from .source_functions import attach_source_functions
from .traced_layers import PREFIX, layer_tensors
from .unpatched import FAILED, Unpatched, add_raw_heads, probe
from .window_references import add_windows
from .windows import Windows

OTHERWISE = (
    "the configuration's test_pipeline differs from the pipeline of its test_dataloader: the edge model uses the "
    "first, but the model was evaluated with the second"
)
NOT_ASKED = "the request asks for float32 only"


@dataclass(frozen=True)
class Subject:
    """What is exported."""

    codebase: Codebase
    source: Source
    #: As it was read: MMDeploy changes its own.
    config: Config
    #: That a device cuts itself, None where it has none.
    windows: Windows | None


@dataclass(frozen=True)
class Evidence:
    references: References
    #: Axes that the graph calls free and are not.
    baked: Baked


def export_with_references(request: Request, job: Job, subject: Subject) -> Evidence:
    """Exports with the first picture. References of the rewritten model are computed while its rewriting is in force,

    those of the source model after it.
    """
    codebase, source, config = subject.codebase, subject.source, subject.config
    if is_evaluated_otherwise(config):
        job.warn(OTHERWISE)
    onnx_config = source.deploy.onnx_config
    input_name, outputs = onnx_config.input_names[0], list(onnx_config.output_names)
    free = symbolic_axes(source.deploy, input_name)
    with tempfile.TemporaryDirectory() as folder:
        pictures = request.samples or [drawn_picture(Path(folder), request.seed)]
        inputs = inputs_of(source, pictures, subject.windows, request.file("config").name)
        first = inputs[0]
        samples = same_size(inputs, free, job) if request.samples else []
        other = _other_picture(Path(folder), request, subject, samples)
        heads = find_heads(source.unpatched, codebase.task)
        unpatched = Unpatched(source.unpatched, heads, probe(first.tensor, free))
        plan = _plan(request, source, first.tensor, free, small=unpatched.reason is None)
        replaced = replaced_heads(source.model, heads)
        heads = [head for head in heads if not replaced.keys() & set(head.names)]
        targeted = _targeted(source, plan) if codebase.task == "segmentation" else []
        recorders: list[Recorder] = []

        def inside(model: torch.nn.Module, check_export: Callable[[], None]) -> None:
            with job.stage("references"):
                evaluator = Evaluator(model, outputs, heads, check_export)
                tried = [probe(first.tensor, free), first.tensor]
                problem = fp64_problem(evaluator, tried) if request.fp64 else NOT_ASKED
                replaced.update(unpatched.fit(head_shapes(evaluator, tried[0])))
                recorder = Recorder(evaluator, input_name, problem is None, job)
                recorder.references.left_out |= {"fp64": problem} if problem else {}
                tensors = [sample.tensor for sample in samples]
                record_references(recorder, tensors, first.tensor, plan, codebase.task, job)
                recorder.add(targeted)
                if not samples:
                    add_real_size(recorder, first.tensor, plan, codebase.task)
                if other is not None:
                    add_other_picture(recorder, other)
                recorders.append(recorder)

        with job.stage("export"):
            graph_file = Output(job.output / ONNX_FILE, request.code_folder)
            written = export_onnx(source, heads, first.data, first.tensor, graph_file, inside)
        recorder, references = recorders[0], recorders[0].references
        with graph_runs(graph_file.file, references, input_name, first.tensor.numpy(), free) as runs:
            with job.stage("source"):
                unpatched.check()
                if request.fp64:
                    add_raw_heads(unpatched, recorder)
                comparable = [name for name in written.names if name not in replaced and not name.startswith(PREFIX)]
                references.left_out |= {
                    **replaced,
                    **written.left_out,
                    **recorder.intermediate.attach(references, comparable),
                }
                recorder.layers.attach(references, recorder.evaluator.samples.samplings, layer_tensors(written.names))
                named = {f"sample-{index}": sample for index, sample in enumerate(samples)}
                resized = codebase.task != "classification" and onnx_config.get("input_shape") is not None
                no_pipeline = (WINDOW if subject.windows is not None else RESIZED) if resized else None
                Behaviour(unpatched, codebase.task, config, input_name, outputs).record(references, named, no_pipeline)
                if subject.windows is not None:
                    add_windows(references, unpatched, first.tensor, subject.windows, (input_name, outputs[0]))
                add_golden_picture(references, named or {DRAWN: first}, codebase.task, config)
                if other is not None:
                    add_golden_picture(references, {DRAWN: other}, codebase.task, config)
            if references.left_out:
                job.environment["left_out"] = references.left_out
            references.files |= {case: sample.path.name for case, sample in named.items()}
            write_previews(references, input_name, plan, turns_round(source.model.data_preprocessor), job)
            own = (source.unpatched, unpatched.functions)
            job.environment["functions"] = attach_source_functions(references, written.graph, written.functions, own)
            if (case := references.first_case) is not None:
                attach_weights(references, case, stored_in(written.graph), weights_of(source.model))
            return Evidence(references, baked_axes(runs, references, free, Outputs(codebase.task, outputs)))


def _other_picture(folder: Path, request: Request, subject: Subject, samples: list[Sample]) -> Sample | None:
    """One that shows what resizing does, where no sample shows it and the graph takes what the pipeline makes of it."""
    source, config = subject.source, subject.config
    if not samples or subject.windows is not None or not all_hide(samples, subject.codebase.task, config):
        return None
    free = symbolic_axes(source.deploy, source.deploy.onnx_config.input_names[0])
    (drawn,) = inputs_of(source, [drawn_picture(folder, request.seed)], None, request.file("config").name)
    sizes = zip(drawn.tensor.shape, samples[0].tensor.shape, strict=True)
    return drawn if all(axis in free or size == usual for axis, (size, usual) in enumerate(sizes)) else None


def _targeted(source: Source, plan: Plan) -> list[Case]:
    """A head without a plain forward, or without a gradient, has no such case."""
    try:
        case = class_targeted_case(source.unpatched, plan)
    except FAILED as error:
        print(f"no picture could be made for specific classes: {last_line(error)}", flush=True)
        return []
    return [] if case is None else [case]


def _plan(request: Request, source: Source, first: torch.Tensor, free: set[int], small: bool) -> Plan:
    mean, std = normalisation(source.model)
    size = (int(first.shape[2]), int(first.shape[3]))
    channels = int(first.shape[1])
    return Plan(size, free, request.random_cases, request.shapes, mean, std, request.seed, channels, small)
