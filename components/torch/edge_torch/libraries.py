"""Modules of timm by their name, and folders of Hugging Face's transformers, where these packages are installed."""

import importlib
from typing import Any

import torch

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

CONFIG = "config.json"


def timm_module(said: Any) -> torch.nn.Module:
    """Of the option `timm`, without weights: a name, or `{model: NAME, …}` with arguments of create_model."""
    timm = _package("timm")
    arguments = {"model": said} if isinstance(said, str) else dict(said)
    name = arguments.pop("model")
    try:
        return timm.create_model(name, pretrained=False, exportable=True, **arguments)
    except (RuntimeError, ValueError, TypeError) as error:
        message = f"timm {timm.__version__} cannot make {name}: {last_line(error)[:300]}"
        raise Failure(
            "input", "timm-model", message, "Correct torch.timm; timm.list_models() knows the names."
        ) from error


def is_hugging_face(request: Request) -> bool:
    return "transformers" in request.options or CONFIG in request.files.get("config", [])


def transformers_module(request: Request) -> torch.nn.Module:
    """Of config.json and the weights beside it, strictly, in float32."""
    transformers = _package("transformers")
    said = request.options.get("transformers")
    try:
        config = transformers.AutoConfig.from_pretrained(str(request.folder), local_files_only=True)
        name = said or (config.architectures or ["AutoModel"])[0]
        config.use_cache = False
        model, loading = getattr(transformers, name).from_pretrained(
            str(request.folder),
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
            dtype=torch.float32,
            attn_implementation="eager",
        )
    except (OSError, ValueError, KeyError, AttributeError, ImportError, RuntimeError) as error:
        message = f"transformers {transformers.__version__} cannot load this folder: {last_line(error)[:400]}"
        hint = "Save it with model.save_pretrained(FOLDER), or name the class: torch: {transformers: AutoModel}"
        raise Failure("input", "transformers-model", message, hint) from error
    for what, allowed in (("missing_keys", request.allow_missing), ("unexpected_keys", request.allow_unexpected)):
        left = sorted(str(key) for key in set(loading.get(what) or []) - set(allowed))
        if left:
            message = f"the weights do not fit {name}: {what.replace('_', ' ')} {', '.join(left[:5])}"
            raise _misfit(message)
    if loading.get("mismatched_keys"):
        raise _misfit(
            f"the weights do not fit {name}: other shapes of {sorted(map(str, loading['mismatched_keys']))[:5]}"
        )
    return _Answer(model)


class _Answer(torch.nn.Module):  # type: ignore[misc]
    """A plain mapping of tensors, by the arguments that are given; nothing is kept between two calls."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, **arguments: torch.Tensor) -> dict[str, torch.Tensor]:
        answer = self.model(**arguments, return_dict=True)
        return {name: value for name, value in answer.items() if isinstance(value, torch.Tensor)}


def _misfit(message: str) -> Failure:
    hint = "Use the weights of this class, or name another one: torch: {transformers: AutoModelForX}"
    return Failure("mismatch", "checkpoint-mismatch", message, hint)


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        hint = "Install the engine's own environment: `model-to-edge engine install torch`."
        message = f"{name} is not installed here: {last_line(error)}"
        raise Failure("input", "package-missing", message, hint) from error
