"""Exports a model, and computes what its graph is compared with."""

import tempfile
from pathlib import Path

import torch
from mmengine.config import Config

from edge_engine.failure import last_line
from edge_engine.job import Job
from edge_engine.references import References
from edge_engine.request import Request

from .behaviour import Behaviour
from .cases import Case, Plan
from .class_targeted_case import class_targeted_case
from .codebase import Codebase
from .deploy_config import ONNX_FILE, symbolic_axes
from .evaluate import Evaluator
from .export import Source, export_onnx
from .forward_hooks import find_heads, replaced_heads
from .golden import add_golden_picture
from .precision import fp64_problem
from .predict import is_evaluated_otherwise
from .preprocess import turns_round
from .previews import write_previews
from .record import record_references
from .recorder import Recorder
from .samples import Sample, drawn_picture, model_input, normalisation
from .unpatched import FAILED, Unpatched, add_raw_heads, probe

#: The case of the engine's own picture, where the model has no samples: nobody's, and only float32.
DRAWN = "drawn-0"
OTHERWISE = (
    "test_pipeline of the configuration differs from the pipeline of its test_dataloader: "
    "the edge model gets its input by the first, the model was evaluated with the second"
)
NOT_ASKED = "the request asks for float32 only"


def export_with_references(
    request: Request, job: Job, codebase: Codebase, source: Source, config: Config
) -> References:
    """Exports with the first picture. References of the rewritten model are computed while its rewriting is in force,

    those of the source model after it. config: as it was read, since MMDeploy changes its own.
    """
    if is_evaluated_otherwise(config):
        job.warn(OTHERWISE)
    onnx_config = source.deploy.onnx_config
    input_name, outputs = onnx_config.input_names[0], list(onnx_config.output_names)
    free = symbolic_axes(source.deploy, input_name)
    with tempfile.TemporaryDirectory() as folder:
        pictures = request.samples or [drawn_picture(Path(folder), request.seed)]
        inputs = [model_input(source, picture, request.file("config").name) for picture in pictures]
        first = inputs[0]
        samples = _same_size(inputs, free, job) if request.samples else []
        plan = _plan(request, source, first.tensor, free)
        heads = find_heads(source.unpatched, codebase.task)
        unpatched = Unpatched(source.unpatched, heads, probe(first.tensor, free))
        replaced = replaced_heads(source.model, heads)
        heads = [head for head in heads if not replaced.keys() & set(head.names)]
        targeted = _targeted(source, plan) if codebase.task == "segmentation" else []
        recorders: list[Recorder] = []

        def inside(model: torch.nn.Module) -> None:
            with job.stage("references"):
                evaluator = Evaluator(model, outputs)
                tried = [probe(first.tensor, free), first.tensor]
                problem = fp64_problem(evaluator, heads, tried) if request.fp64 else NOT_ASKED
                recorder = Recorder(evaluator, input_name, problem is None, job)
                recorder.references.left_out |= {"fp64": problem} if problem else {}
                tensors = [sample.tensor for sample in samples]
                record_references(recorder, tensors, first.tensor, plan, codebase.task, job)
                recorder.add(targeted)
                if not samples:
                    recorder.add([Case(DRAWN, "extreme", first.tensor)], fp64=False)
                recorders.append(recorder)

        with job.stage("export"):
            prefix = job.output / Path(ONNX_FILE).stem
            intermediate, left_out = export_onnx(source, heads, first.data, first.tensor, prefix, inside)
        recorder, references = recorders[0], recorders[0].references
        with job.stage("source"):
            unpatched.check()
            if request.fp64:
                add_raw_heads(unpatched, recorder)
            references.left_out |= {**replaced, **left_out, **recorder.intermediate.attach(references, intermediate)}
            named = {f"sample-{index}": sample for index, sample in enumerate(samples)}
            resized = codebase.task != "classification" and onnx_config.get("input_shape") is not None
            Behaviour(unpatched, codebase.task, config, input_name, outputs).record(references, named, resized)
            add_golden_picture(references, named or {DRAWN: first}, codebase.task, config)
    if references.left_out:
        job.environment["left_out"] = references.left_out
    write_previews(references, input_name, plan, turns_round(source.model.data_preprocessor), job)
    return references


def _targeted(source: Source, plan: Plan) -> list[Case]:
    """A head without a plain forward, or without a gradient, has no such case."""
    try:
        case = class_targeted_case(source.unpatched, plan)
    except FAILED as error:
        print(f"no picture was targeted at the classes: {last_line(error)}", flush=True)
        return []
    return [] if case is None else [case]


def _plan(request: Request, source: Source, first: torch.Tensor, free: set[int]) -> Plan:
    mean, std = normalisation(source.model)
    size = (int(first.shape[2]), int(first.shape[3]))
    channels = int(first.shape[1])
    return Plan(size, free, request.random_cases, request.shapes, mean, std, request.seed, channels)


def _same_size(samples: list[Sample], free: set[int], job: Job) -> list[Sample]:
    """A graph of fixed size takes only samples that come out of the test pipeline in that size."""
    shape = samples[0].tensor.shape
    kept = [
        each for each in samples if all(axis in free or each.tensor.shape[axis] == shape[axis] for axis in range(4))
    ]
    if len(kept) < len(samples):
        size = f"{shape[3]}x{shape[2]}"
        job.warn(f"{len(samples) - len(kept)} samples are left out: the graph's input is fixed at {size}")
    return kept
