"""Which OpenMMLab codebase a configuration belongs to."""

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any, Literal

from edge_engine.failure import Failure

Task = Literal["classification", "detection", "segmentation"]


@dataclass(frozen=True)
class Codebase:
    name: str
    task: Task
    #: MMDeploy's name of the task in codebase_config.
    deploy_task: str


CODEBASES = {
    "mmpretrain": Codebase("mmpretrain", "classification", "Classification"),
    "mmdet": Codebase("mmdet", "detection", "ObjectDetection"),
    "mmseg": Codebase("mmseg", "segmentation", "Segmentation"),
}


def find_codebase(config: Any, file: str) -> Codebase:
    """By `default_scope`, else by the scope of `model.type`, else by the registry that knows the type.

    Writes the scope into the configuration, since MMDeploy builds by it.
    """
    scope = config.get("default_scope") or _scope_of(config.model.get("type"))
    scope = "mmpretrain" if scope == "mmcls" else scope
    if scope is None:
        hint = "Add `default_scope = 'mmpretrain'`, `'mmdet'` or `'mmseg'` to the configuration."
        kind = config.model.get("type")
        raise Failure("input", "codebase-unknown", f"{file} does not say which codebase its model {kind!r} is of", hint)
    if scope not in CODEBASES:
        known = ", ".join(sorted(CODEBASES))
        hint = f"This engine converts models of {known}."
        raise Failure("input", "codebase-unsupported", f"{file} is a configuration of {scope}", hint)
    if importlib.util.find_spec(scope) is None:
        hint = "Run `model-to-edge engine install mmdeploy`, or use an image whose engine has it."
        raise Failure("input", "codebase-missing", f"{scope} is not installed in this environment", hint)
    config.default_scope = scope
    return CODEBASES[scope]


def _scope_of(kind: Any) -> str | None:
    if not isinstance(kind, str):
        return None
    if "." in kind:
        return kind.partition(".")[0]
    for name in CODEBASES:
        if importlib.util.find_spec(name) and _registers(name, kind):
            return name
    return None


def _registers(name: str, kind: str) -> bool:
    importlib.import_module(f"{name}.models")
    registry = importlib.import_module(f"{name}.registry").MODELS
    return kind in registry.module_dict
