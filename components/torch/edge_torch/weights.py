"""Tensors of a checkpoint, read as data."""

import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .file_form import Form
from .versions import torch_version

#: Keys under which training tools keep the weights.
HOLDERS = ("state_dict", "model_state_dict", "model", "module", "net")
PREFIX = "module."
#: In names of what training tools average beside the weights.
AVERAGED = re.compile(r"(^|_)(ema|swa|averaged?)(_|$)", re.IGNORECASE)
#: What reads pickles as data alone without a hole that is known.
SAFE_TORCH = (2, 10)
State = dict[str, torch.Tensor]


def read_object(path: Path, form: Form, request: Request) -> Any:
    """A mapping of tensors, or whatever a trusted pickle holds. `Failure` for one that nobody trusts."""
    if form == "safetensors":
        return _read_safetensors(path)
    trusted = request.options.get("trusted") is True and request.code is None
    if request.code is not None and torch_version() < SAFE_TORCH:
        message = f"{path.name} is a pickle, which torch {torch.__version__} cannot read safely as data"
        hint = "Save the weights with safetensors.torch.save_file(model.state_dict(), 'model.safetensors')."
        raise Failure("input", "code-from-store", message, hint)
    try:
        return torch.load(str(path), map_location="cpu", weights_only=not trusted)
    except (ImportError, AttributeError) as error:
        message = f"{path.name} needs a class that cannot be imported: {last_line(error)}"
        hint = "Put its module beside the model, under the name that it had when the model was saved."
        raise Failure("input", "class-not-importable", message, hint) from error
    except pickle.UnpicklingError as error:
        if trusted:
            raise _unreadable(path, error) from error
        raise _untrusted(path, error, request) from error
    except (EOFError, RuntimeError, ValueError, KeyError, OSError) as error:
        raise _unreadable(path, error) from error


def _read_safetensors(path: Path) -> State:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        hint = "Install the engine's own environment: `model-to-edge engine install torch`."
        raise Failure("input", "package-missing", "safetensors is not installed here", hint) from error
    try:
        return dict(load_file(str(path)))
    except (SafetensorError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error


def state_in(loaded: Any, path: Path, key: "str | None") -> State:
    """The mapping of tensors. key: of the option `state_dict_key`, with dots where it lies deeper."""
    found = loaded
    for part in key.split(".") if key else []:
        if not isinstance(found, Mapping) or part not in found:
            raise _no_weights(path, found, f"has no {key}")
        found = found[part]
    if key is None and isinstance(found, Mapping) and not _is_state(found):
        _refuse_averaged(found, path)
        found = next((found[name] for name in HOLDERS if found.get(name) and _is_state(found[name])), found)
    if not _is_state(found):
        raise _no_weights(path, found, "holds no mapping of tensors that is known")
    state = {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
    if state and all(name.startswith(PREFIX) for name in state):
        state = {name[len(PREFIX) :]: value for name, value in state.items()}
    return state


def some(names: list[str]) -> str:
    """Names for a message, five at most."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _refuse_averaged(found: Mapping[Any, Any], path: Path) -> None:
    """`Failure` where averaged weights lie beside the plain ones: which are meant, nobody said."""
    plain = next((name for name in HOLDERS if found.get(name) and _is_state(found[name])), None)
    averaged = next((str(name) for name in found if AVERAGED.search(str(name)) and _holds_state(found[name])), None)
    if plain is not None and averaged is not None:
        key = averaged if _is_state(found[averaged]) else f"{averaged}.{_holder_in(found[averaged])}"
        message = f"{path.name} holds two sets of weights, {plain} and the averaged {key}"
        hint = f"Name the one that is meant: torch: {{state_dict_key: {key}}}, or {plain}."
        raise Failure("input", "checkpoint-ambiguous", message, hint)


def _holds_state(value: Any) -> bool:
    return isinstance(value, Mapping) and len(value) > 0 and (_is_state(value) or _holder_in(value) is not None)


def _holder_in(value: Mapping[Any, Any]) -> "str | None":
    return next((name for name in HOLDERS if value.get(name) and _is_state(value[name])), None)


def _is_state(value: Any) -> bool:
    # An empty one is that of a module without weights.
    return isinstance(value, Mapping) and (
        len(value) == 0 or any(isinstance(entry, torch.Tensor) for entry in value.values())
    )


def _no_weights(path: Path, found: Any, why: str) -> Failure:
    keys = [str(key) for key in found] if isinstance(found, Mapping) else []
    held = f"its keys are {some(keys)}" if keys else f"it is a {type(found).__module__}.{type(found).__qualname__}"
    hint = "Save model.state_dict(), or name where it lies: torch: {state_dict_key: NAME}"
    return Failure("input", "checkpoint-not-weights", f"{path.name} {why}; {held}", hint)


def _untrusted(path: Path, error: Exception, request: Request) -> Failure:
    text = last_line(error)
    named = next((part for part in text.split() if part.count(".") >= 1 and part[0].isalpha() and ":" not in part), "")
    if request.code is not None:
        message = f"{path.name} holds more than tensors ({named}), and code comes from Git alone"
        return Failure("input", "code-from-store", message, "Save model.state_dict(), which is data.")
    message = f"{path.name} is a pickle of more than tensors ({named}): anyone who wrote it can run any code here"
    hint = (
        "Save model.state_dict() and put a Python file with build() beside it, "
        "or write in Git's conversion.yaml: torch: {trusted: true}"
    )
    return Failure("input", "untrusted-pickle", message, hint)


def _unreadable(path: Path, error: Exception) -> Failure:
    hint = "It may be truncated, or written by another version: save the model again."
    return Failure("input", "checkpoint-unreadable", f"{path.name} cannot be read: {last_line(error)[:300]}", hint)
