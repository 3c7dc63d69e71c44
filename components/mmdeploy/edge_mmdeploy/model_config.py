"""Reads the model's configuration, and says what is wrong with it in the words of the person who wrote it."""

import re
import sys
from pathlib import Path
from typing import Any

from mmengine.config import Config

from edge_engine.failure import Failure, last_line

FLATTEN = (
    'Flatten it where it was trained: python -c "from mmengine.config import Config; '
    "Config.fromfile('CONFIG').dump('config.py')\""
)


def read_model_config(path: Path, folder: Path) -> Config:
    """Runs the configuration file. Modules beside it can be named in its `custom_imports`."""
    sys.path.append(str(folder))
    name = path.name
    try:
        config = Config.fromfile(str(path))
    except SyntaxError as error:
        where = f"{name}, line {error.lineno}" if error.lineno else name
        hint = "Correct the file; `python -m py_compile` shows the place."
        raise Failure("input", "config-syntax", f"{where}: {error.msg}", hint) from error
    except FileNotFoundError as error:
        raise _missing_base(name, str(error)) from error
    except ImportError as error:
        raise _missing_import(name, error) from error
    except Exception as error:
        hint = "The file is run as Python when it is read: correct that line. " + FLATTEN
        raise Failure("input", "config-error", f"{name} cannot be read: {last_line(error)}", hint) from error
    return _completed(config, name)


def _completed(config: Config, name: str) -> Config:
    model = config.get("model")
    if not isinstance(model, dict):
        hint = "It must define `model`: use the configuration that the checkpoint was trained with. " + FLATTEN
        raise Failure("input", "config-without-model", f"{name} defines no `model`", hint)
    if "test_pipeline" not in config:
        dataset = (config.get("test_dataloader") or config.get("val_dataloader") or {}).get("dataset") or {}
        pipeline = dataset.get("pipeline")
        if pipeline is None:
            hint = "MMDeploy reads from it how a picture becomes the input tensor: add `test_pipeline = [...]`."
            raise Failure("input", "config-without-test-pipeline", f"{name} defines no `test_pipeline`", hint)
        config.test_pipeline = pipeline
    return config


def _missing_base(name: str, text: str) -> Failure:
    found = re.search(r"'([^']+)'\s*$", text)
    what = Path(found.group(1)).name if found else text
    return Failure("input", "config-base-missing", f"{name} builds on a file that is not there: {what}", FLATTEN)


def _missing_import(name: str, error: ImportError) -> Failure:
    text = str(error).partition(", the current sys.path")[0]
    cause = error.__cause__
    reason = f"{text}: {last_line(cause)}" if cause else text
    hint = "Put that module into the model's folder, or take the import out: the engine has its own packages only."
    return Failure("input", "config-import", f"{name} needs a module that is not there: {reason}", hint)


def explain_build_error(error: BaseException, name: str) -> Failure | None:
    """What it means when a model or a transform cannot be built; None where it is another kind of error."""
    unknown = re.search(r"(\S+) is not in the (\S+?) registry", str(error))
    if isinstance(error, KeyError) and unknown:
        what = unknown.group(1).strip("'\"")
        part = "transform" if "transform" in unknown.group(2) else "type"
        hint = (
            "Correct the name, or put the module that defines it into the model's folder and name it in custom_imports."
        )
        message = f"{name} names an unknown {part}, {what} (not in {unknown.group(2)})"
        return Failure("input", f"config-unknown-{part}", message, hint)
    if isinstance(error, ImportError):
        return _missing_import(name, error)
    return None


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
