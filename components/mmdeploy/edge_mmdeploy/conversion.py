"""One model from config.py and .pth to ONNX, with references: the steps in order."""

import tempfile
from pathlib import Path

import numpy as np
import torch

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.png import png_bytes
from edge_engine.references import References
from edge_engine.request import Request

from .cases import Plan
from .checkpoint_file import Checkpoint, read_checkpoint
from .classes import Classes, class_count, classes_of_config, find_classes
from .codebase import Codebase, find_codebase
from .contract import write_contract
from .deploy_config import ONNX_FILE, read_deploy_config, symbolic_axes
from .device_files import write_device_files
from .ema import check_ema
from .evaluate import Evaluator
from .export import Source, build_source, export_onnx
from .model_config import read_model_config
from .record import record_references
from .recorder import Recorder
from .samples import check_samples, drawn_picture, is_rgb, model_input, normalisation, pixels_of
from .strict_load import load_strictly
from .taps import find_taps
from .unpatched import Unpatched, probe, record_source

STAGES = ("checkpoint", "model", "export", "references", "source", "files")
PACKAGES = ["mmdeploy", "mmengine", "mmcv", "mmpretrain", "mmdet", "mmsegmentation", "torch", "onnx", "numpy"]


def convert(request: Request, job: Job) -> None:
    """Cheap checks first, so that a wrong file is known in seconds."""
    _check_device(request.device)
    _fix_seeds(request.seed)
    config_path, checkpoint_path = request.file("config"), request.file("checkpoint")
    with job.stage("checkpoint"):
        check_samples(request.samples, request.folder)
        config = read_model_config(config_path, request.folder)
        codebase = find_codebase(config, config_path.name)
        deploy = read_deploy_config(request.options, request.folder, codebase)
        checkpoint = read_checkpoint(checkpoint_path, request.options.get("weights", "state_dict"))
        check_ema(config, checkpoint, "weights" in request.options, job)
    with job.stage("model"):
        source = build_source(config, deploy, _loader(checkpoint, request, job), config_path.name)
        classes = _classes(source, checkpoint, request)
    references, free = _export(request, job, codebase, source)
    with job.stage("files"):
        sizes = {
            name: references.constant_sizes(name, symbolic_axes(deploy, name))
            for name in deploy.onnx_config.output_names
        }
        model = finish_onnx(job.file("model", ONNX_FILE), request.metadata, sizes)
        job.inputs, job.outputs = ports(model)
        write_device_files(source, config_path, checkpoint_path, request.folder, job)
        write_contract(source, codebase, classes, checkpoint.weights, model, references, free, job)
        references.write(job.file("references", "references.safetensors"))


def _export(request: Request, job: Job, codebase: Codebase, source: Source) -> tuple[References, set[int]]:
    """Exports with the first picture, and computes references and previews while the rewriting is in force."""
    onnx_config = source.deploy.onnx_config
    free = symbolic_axes(source.deploy, onnx_config.input_names[0])
    mean, std = normalisation(source.model)
    with tempfile.TemporaryDirectory() as folder:
        pictures = request.samples or [drawn_picture(Path(folder), request.seed)]
        inputs = [model_input(source, picture, request.file("config").name) for picture in pictures]
    data, first = inputs[0]
    size = (int(first.shape[2]), int(first.shape[3]))
    plan = Plan(size, free, request.random_cases, request.shapes, mean, std, request.seed)
    recorders: list[Recorder] = []
    taps = find_taps(source.model, codebase.task)
    unpatched = Unpatched(source.model, taps, probe(first, free))

    def inside(model: torch.nn.Module) -> None:
        with job.stage("references"):
            evaluator = Evaluator(model, list(onnx_config.output_names))
            recorder = Recorder(evaluator, onnx_config.input_names[0], request.fp64, job)
            samples = _same_size([tensor for _, tensor in inputs], free, job) if request.samples else []
            record_references(recorder, samples, first, plan, codebase.task, job)
            recorders.append(recorder)

    with job.stage("export"):
        inner = export_onnx(source, taps, data, first, job.output / Path(ONNX_FILE).stem, inside)
    references = recorders[0].references
    with job.stage("source"):
        record_source(unpatched, recorders[0], inner, job)
    _write_previews(references, onnx_config.input_names[0], plan, is_rgb(source.config), job)
    return references, free


def _loader(checkpoint: Checkpoint, request: Request, job: Job):  # noqa: ANN202
    def load(model: torch.nn.Module) -> None:
        for line in load_strictly(model, checkpoint, request.allow_missing, request.allow_unexpected):
            job.warn(line)

    return load


def _classes(source: Source, checkpoint: Checkpoint, request: Request) -> Classes:
    sources = {
        f"the checkpoint {checkpoint.file}": checkpoint.classes,
        "the configuration": classes_of_config(source.config),
        "classes.txt": request.classes,
    }
    return find_classes(sources, class_count(source.model))


def _same_size(tensors: list[torch.Tensor], free: set[int], job: Job) -> list[torch.Tensor]:
    """A graph of fixed size takes only samples that come out of the test pipeline in that size."""
    shape = tensors[0].shape
    kept = [each for each in tensors if all(axis in free or each.shape[axis] == shape[axis] for axis in range(4))]
    if len(kept) < len(tensors):
        size = f"{shape[3]}x{shape[2]}"
        job.warn(f"{len(tensors) - len(kept)} samples are left out: the graph's input is fixed at {size}")
    return kept


def _write_previews(references: References, name: str, plan: Plan, rgb: bool, job: Job) -> None:
    """The input tensors of the real samples and of the first random case as pictures."""
    wanted = [case for case, kind in references.kinds.items() if kind == "real" or case == "random-0"]
    inputs = dict(zip(references.kinds, references.arrays("in", name)))
    for case in wanted:
        pixels = pixels_of(torch.from_numpy(inputs[case][0]), plan.mean, plan.std, rgb)
        job.file("preview", f"previews/{case}.png").write_bytes(png_bytes(pixels))


def _check_device(device: str) -> None:
    if device.startswith("cuda") and not torch.cuda.is_available():
        hint = "Use a runner with a GPU, or `--device cpu`: the result is the same."
        raise Failure("external", "device-unavailable", f"{device} was asked for, but torch sees no GPU here", hint)


def _fix_seeds(seed: int) -> None:
    """References are computed on the CPU, without approximations, whatever the device is."""
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)
