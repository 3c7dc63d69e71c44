"""One model from config.py and .pth to ONNX, with references: the steps in order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.references import References
from edge_engine.request import Request

from .baked_axes import Baked
from .caller_frames import without_source_lines
from .channels import check_channels
from .checkpoint_file import Checkpoint, read_checkpoint
from .classes import Classes, class_count, classes_of_config, find_classes
from .codebase import Codebase, find_codebase
from .contract import Exported, write_contract
from .deploy_config import ONNX_FILE, read_deploy_config, symbolic_axes
from .device_files import write_device_files
from .ema import check_ema
from .evidence import Subject, export_with_references
from .export import Load, Source, build_source
from .follow_model import follow_model
from .garbage import collect_from_here
from .model_config import read_model_config
from .no_foreign_code import refuse_foreign_code
from .open_axes import Attempt, again_with, close_axes, export_widest, say_fixed
from .preprocessor_config import settle_preprocessor
from .samples import check_samples
from .semi_supervised import of_branch, unwrap_semi_supervised
from .strict_load import load_strictly
from .unsupported import check_supported
from .windows import Windows, fix_to_window

STAGES = ("checkpoint", "model", "export", "references", "source", "files")
PACKAGES = ["mmdeploy", "mmengine", "mmcv", "mmpretrain", "mmdet", "mmsegmentation", "torch", "onnx", "numpy"]


def convert(request: Request, job: Job) -> None:
    """With code from Git nothing that was downloaded may run; what was refused is said, whatever became of it."""
    refused = [] if request.code is None else refuse_foreign_code(request.folder)
    try:
        _convert(request, job)
    except Exception as error:
        if refused:
            raise refused[0] from error
        raise
    for failure in refused:
        job.warn(str(failure))


def _convert(request: Request, job: Job) -> None:
    """Cheap checks first, so that a wrong file is known in seconds."""
    without_source_lines()
    _check_device(request.device)
    _fix_seeds(request.seed)
    config_path, checkpoint_path = request.file("config"), request.file("checkpoint")
    with job.stage("checkpoint"):
        request = replace(request, samples=check_samples(request.samples, request.folder, job))
        config = read_model_config(config_path, request.code_folder)
        branch = unwrap_semi_supervised(config)
        codebase = find_codebase(config, config_path.name)
        settle_preprocessor(config, codebase, config_path.name)
        check_supported(config, codebase, config_path.name)
        check_channels(config, codebase, config_path.name)
        checkpoint = of_branch(_checkpoint(request, checkpoint_path), branch)
        check_ema(config, checkpoint, "weights" in request.options, job)
        deploy = read_deploy_config(request.options, request.code_folder, codebase, config)
        windows, asked = _follow(request, config, deploy, codebase)

    forget = job.mark()

    def attempt(closed: Baked) -> Attempt[tuple[Exported, References]]:
        forget()
        job.attempt = again_with(closed)
        narrowed = read_deploy_config(request.options, request.code_folder, codebase, config)
        _follow(request, config, narrowed, codebase)
        close_axes(narrowed, closed)
        with job.stage("model"):
            source = build_source(config, narrowed, _loader(checkpoint, request, job), config_path.name)
            classes = _classes(source, checkpoint, request)
        collect_from_here()
        evidence = export_with_references(request, job, Subject(codebase, source, config, windows))
        exported = Exported(source, codebase, classes, checkpoint.weights, windows, {**asked, **closed})
        return Attempt((exported, evidence.references), evidence.baked if _is_auto(request) else {})

    free = symbolic_axes(deploy, deploy.onnx_config.input_names[0]) if _is_auto(request) else set()
    (exported, references), closed = export_widest(free, attempt)
    job.attempt = ""
    with job.stage("files"):
        deployed = exported.source.deploy
        sizes = {
            name: references.constant_sizes(name, symbolic_axes(deployed, name))
            for name in deployed.onnx_config.output_names
        }
        model = finish_onnx(job.file("model", ONNX_FILE), request.metadata, sizes)
        job.inputs, job.outputs = ports(model)
        say_fixed({**asked, **closed}, job)
        write_device_files(exported.source, config_path, checkpoint_path, request.code_folder, job)
        write_contract(exported, model, references, job)
        references.write(job.file("references", "references.safetensors"))


def _checkpoint(request: Request, path: Path) -> Checkpoint:
    weights = request.options.get("weights", "state_dict")
    return read_checkpoint(path, weights, only_tensors=request.code is not None)


def _is_auto(request: Request) -> bool:
    """Whether axes that are not free may be fixed: where nobody said which are to be."""
    return bool(request.options.get("dynamic", "auto" if _is_own(request) else True) == "auto")


def _is_own(request: Request) -> bool:
    """Whether the deployment configuration is the engine's."""
    return "deploy_config" not in request.options


def _follow(request: Request, config: Config, deploy: Config, codebase: Codebase) -> tuple[Windows | None, Baked]:
    """The windows that the device cuts, and the axes that are fixed for them."""
    asked = fix_to_window(config, deploy) if codebase.task == "segmentation" and _is_auto(request) else {}
    windows = follow_model(config, deploy, codebase.task, _is_own(request), request.file("config").name)
    return windows, asked


def _loader(checkpoint: Checkpoint, request: Request, job: Job) -> Load:
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


def _check_device(device: str) -> None:
    if device.startswith("cuda") and not torch.cuda.is_available():
        hint = "Use a runner with a GPU, or `--device cpu`: the result is the same."
        raise Failure("external", "device-unavailable", f"{device} was requested, but torch finds no GPU here", hint)


def _fix_seeds(seed: int) -> None:
    """References are computed on the CPU, without approximations, whatever the device is."""
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)
