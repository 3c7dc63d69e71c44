"""MMDeploy's deployment configuration: the engine's own, the model folder's, or an object in conversion.yaml."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config

from edge_engine.failure import Failure, last_line
from edge_engine.words import counted

from .codebase import Codebase

OWN = Path(__file__).resolve().parent.parent / "deploy"
ONNX_FILE = "end2end.onnx"
NOT_HERE = "This engine exports for onnxruntime: set `backend_config = dict(type='onnxruntime')`."


def read_deploy_config(options: dict[str, Any], folder: Path, codebase: Codebase, model: Config) -> Config:
    """Checked, and with the options `input_shape`, `dynamic` and `opset` applied to it. model: its configuration."""
    kind = _kind(codebase, model)
    choice = options.get("deploy_config", _own(kind, options.get("dynamic") is not False))
    name = choice if isinstance(choice, str) else "deploy_config"
    config = _inline(choice, _own(kind, True)) if isinstance(choice, dict) else _from_file(choice, folder)
    _check(config, name, codebase)
    onnx_config = config.onnx_config
    onnx_config.save_file = ONNX_FILE
    axes = onnx_config.pop("dynamic_axes", None)
    if axes and options.get("dynamic") is not False:
        onnx_config.dynamic_axes = _named_axes(axes, onnx_config, name)
    if "input_shape" in options:
        onnx_config.input_shape = list(options["input_shape"])
    if "opset" in options:
        onnx_config.opset_version = options["opset"]
    _check_opset(int(onnx_config.get("opset_version", 11)))
    return config


def has_masks(model: Config) -> bool:
    """A detector that also gives a mask for each box: MMDeploy's graph has them as its third output."""
    network = model.model
    roi_head = network.get("roi_head") or {}
    return bool(network.get("mask_head") or roi_head.get("mask_head") or _is_rtmdet_ins(model))


def _is_rtmdet_ins(model: Config) -> bool:
    """Its masks come from its bbox_head, as large as the picture."""
    return str((model.model.get("bbox_head") or {}).get("type")).rpartition(".")[2].startswith("RTMDetIns")


def _kind(codebase: Codebase, model: Config) -> str:
    """Which of the engine's own configurations fits."""
    if codebase.task != "detection" or not has_masks(model):
        return codebase.task
    return "rtmdet-ins" if _is_rtmdet_ins(model) else "instance"


def symbolic_axes(config: Config, name: str) -> set[int]:
    """Axes of one input or output that are declared free."""
    return {int(axis) for axis in (config.onnx_config.get("dynamic_axes") or {}).get(name, {})}


def _from_file(choice: str, folder: Path) -> Config:
    own = not choice.startswith("./")
    path = OWN / choice if own else folder / choice
    if not path.is_file():
        names = ", ".join(sorted(file.name for file in OWN.glob("*.py")))
        hint = f"The engine has {names}; `./{choice.removeprefix('./')}` means a file in the model's folder."
        place = "of the engine" if own else "in the model's folder"
        raise Failure("input", "deploy-config-missing", f"there is no deployment configuration {choice} {place}", hint)
    try:
        return Config.fromfile(str(path))
    except Exception as error:
        hint = "Correct the file, or leave out deploy_config to use the engine's own."
        raise Failure("input", "deploy-config-error", f"{choice} cannot be read: {last_line(error)}", hint) from error


def _own(kind: str, dynamic: bool) -> str:
    return f"{kind}_onnxruntime_{'dynamic' if dynamic else 'static'}.py"


def _inline(choice: dict[str, Any], own: str) -> Config:
    """Parts that are left out come from the engine's own."""
    config = Config.fromfile(str(OWN / own))
    for part in ("onnx_config", "codebase_config", "backend_config"):
        if part in choice:
            config[part] = {**({} if part == "backend_config" else config[part]), **deepcopy(choice[part])}
    return config


def _named_axes(axes: Any, onnx_config: Any, file: str) -> dict[str, dict[int, str]]:
    """MMDeploy's list form (one entry for each input, then each output) and torch's lists of numbers, as one."""
    names = [*onnx_config.get("input_names", ["input"]), *onnx_config.get("output_names", ["output"])]
    if isinstance(axes, (list, tuple)):
        if len(axes) > len(names):
            entries = counted(len(axes), "entry", "entries")
            message = f"{file} has {entries} in dynamic_axes, but {len(names)} inputs and outputs"
            hint = f"Give one entry for each of {', '.join(names)}, in this order."
            raise Failure("input", "deploy-config-axes", message, hint)
        axes = dict(zip(names, axes))
    try:
        return {name: _numbered(name, free) for name, free in axes.items() if free}
    except (AttributeError, TypeError, ValueError) as error:
        message = f"dynamic_axes of {file} cannot be read: {last_line(error)}"
        hint = "Write `{name: {axis: label}}`, as in the engine's folder deploy/."
        raise Failure("input", "deploy-config-axes", message, hint) from error


def _numbered(name: str, free: Any) -> dict[int, str]:
    """YAML and JSON have text where torch wants axis numbers; a list has no labels: torch's own are taken."""
    if isinstance(free, (list, tuple)):
        return {int(axis): f"{name}_dynamic_axes_{place}" for place, axis in enumerate(free, 1)}
    return {int(axis): str(label) for axis, label in free.items()}


def _check(config: Config, name: str, codebase: Codebase) -> None:
    onnx_config = config.get("onnx_config") or config.get("ir_config")
    if not isinstance(onnx_config, dict) or "codebase_config" not in config or "backend_config" not in config:
        hint = "It needs onnx_config, codebase_config and backend_config: see the engine's folder deploy/."
        raise Failure("input", "deploy-config-incomplete", f"{name} is not a deployment configuration", hint)
    config.onnx_config = onnx_config
    backend = config.backend_config.get("type")
    if backend != "onnxruntime" or onnx_config.get("type") != "onnx":
        raise Failure("input", "deploy-config-backend", f"{name} is for the backend {backend}", NOT_HERE)
    precision = str(config.backend_config.get("precision", "fp32")).lower()
    if precision not in ("fp32", "float32"):
        hint = "Remove `precision`: MMDeploy would write FP32 and call it fp16."
        raise Failure("input", "deploy-config-precision", f"{name} asks for {precision}", hint)
    kind, task = config.codebase_config.get("type"), config.codebase_config.get("task")
    if (kind, task) != (codebase.name, codebase.deploy_task):
        message = f"{name} is for {kind} {task}, but the model is for {codebase.name} {codebase.deploy_task}"
        hint = "Leave out deploy_config: the engine has one for this codebase."
        raise Failure("input", "deploy-config-codebase", message, hint)


def _check_opset(opset: int) -> None:
    from torch.onnx import _constants

    newest = int(_constants.ONNX_MAX_OPSET)
    if not 9 <= opset <= newest:
        message = f"torch {torch.__version__} cannot write opset {opset}"
        raise Failure("input", "opset-unsupported", message, f"Choose an opset from 9 to {newest}; MMDeploy's is 11.")
