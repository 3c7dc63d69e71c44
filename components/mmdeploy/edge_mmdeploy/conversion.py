"""One model from config.py and .pth to ONNX, with references: the steps in order."""

from dataclasses import replace

import numpy as np
import torch

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.onnx_file import finish_onnx, ports
from edge_engine.request import Request

from .channels import check_channels
from .checkpoint_file import Checkpoint, read_checkpoint
from .classes import Classes, class_count, classes_of_config, find_classes
from .codebase import find_codebase
from .contract import Exported, write_contract
from .deploy_config import ONNX_FILE, read_deploy_config, symbolic_axes
from .device_files import write_device_files
from .ema import check_ema
from .evidence import Subject, export_with_references
from .export import Load, Source, build_source
from .follow_model import follow_model
from .model_config import read_model_config
from .preprocessor_config import settle_preprocessor
from .samples import check_samples
from .semi_supervised import of_branch, unwrap_semi_supervised
from .strict_load import load_strictly
from .unsupported import check_supported

STAGES = ("checkpoint", "model", "export", "references", "source", "files")
PACKAGES = ["mmdeploy", "mmengine", "mmcv", "mmpretrain", "mmdet", "mmsegmentation", "torch", "onnx", "numpy"]


def convert(request: Request, job: Job) -> None:
    """Cheap checks first, so that a wrong file is known in seconds."""
    _check_device(request.device)
    _fix_seeds(request.seed)
    config_path, checkpoint_path = request.file("config"), request.file("checkpoint")
    with job.stage("checkpoint"):
        request = replace(request, samples=check_samples(request.samples, request.folder, job))
        config = read_model_config(config_path, request.folder)
        branch = unwrap_semi_supervised(config)
        codebase = find_codebase(config, config_path.name)
        settle_preprocessor(config, codebase, config_path.name)
        check_supported(config, codebase, config_path.name)
        check_channels(config, codebase, config_path.name)
        deploy = read_deploy_config(request.options, request.folder, codebase, config)
        own = "deploy_config" not in request.options
        windows = follow_model(config, deploy, codebase.task, own, config_path.name)
        checkpoint = of_branch(read_checkpoint(checkpoint_path, request.options.get("weights", "state_dict")), branch)
        check_ema(config, checkpoint, "weights" in request.options, job)
    with job.stage("model"):
        source = build_source(config, deploy, _loader(checkpoint, request, job), config_path.name)
        classes = _classes(source, checkpoint, request)
    references = export_with_references(request, job, Subject(codebase, source, config, windows))
    with job.stage("files"):
        sizes = {
            name: references.constant_sizes(name, symbolic_axes(deploy, name))
            for name in deploy.onnx_config.output_names
        }
        model = finish_onnx(job.file("model", ONNX_FILE), request.metadata, sizes)
        job.inputs, job.outputs = ports(model)
        write_device_files(source, config_path, checkpoint_path, request.folder, job)
        exported = Exported(source, codebase, classes, checkpoint.weights, windows)
        write_contract(exported, model, references, job)
        references.write(job.file("references", "references.safetensors"))


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
        raise Failure("external", "device-unavailable", f"{device} was asked for, but torch sees no GPU here", hint)


def _fix_seeds(seed: int) -> None:
    """References are computed on the CPU, without approximations, whatever the device is."""
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)
