"""Reads the model's configuration."""

import sys
from pathlib import Path
from typing import Any

from mmengine.config import Config

from edge_engine.failure import Failure

from .config_faults import FLATTEN, explain_read_error
from .config_types import with_registered_names
from .old_config import check_age


def read_model_config(path: Path, folder: Path) -> Config:
    """Runs the configuration file; types are names in what it returns. Modules beside it can be in `custom_imports`."""
    sys.path.append(str(folder))
    try:
        config = with_registered_names(Config.fromfile(str(path)))
    except Exception as error:
        raise explain_read_error(error, path, folder) from error
    check_age(config, path.name)
    return _completed(config, path.name)


def _completed(config: Config, name: str) -> Config:
    model = config.get("model")
    if not isinstance(model, dict):
        hint = "It must define `model`: use the configuration that the checkpoint was trained with. " + FLATTEN
        raise Failure("input", "config-without-model", f"{name} defines no `model`", hint)
    if "test_pipeline" not in config:
        dataset = (config.get("test_dataloader") or config.get("val_dataloader") or {}).get("dataset") or {}
        pipeline = dataset.get("pipeline")
        if pipeline is None:
            hint = "It defines how a picture becomes the input tensor: add `test_pipeline = [...]`."
            raise Failure("input", "config-without-test-pipeline", f"{name} defines no `test_pipeline`", hint)
        config.test_pipeline = pipeline
    steps = config.test_pipeline
    if not isinstance(steps, (list, tuple)) or not all(isinstance(step, dict) and "type" in step for step in steps):
        message = f"test_pipeline of {name} is not a list of steps, each `dict(type=...)`"
        raise Failure(
            "input", "config-without-test-pipeline", message, "Write it like the codebase's own configurations."
        )
    return config


def plain(value: Any) -> Any:
    """Configuration values as JSON data: tuples become lists, classes their names, paths stay text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set) else items
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        return value.item()
    if hasattr(value, "tolist"):
        return value.tolist()
    return getattr(value, "__name__", str(value))
