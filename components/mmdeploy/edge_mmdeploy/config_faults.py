"""What is wrong with a configuration, in the words of the person who wrote it: each cause by its own name."""

import re
import traceback
from collections.abc import Callable
from pathlib import Path

from mmengine.config import Config

from edge_engine.blame import package_of
from edge_engine.failure import Failure, causes_of, last_line, place_in

FLATTEN = (
    'Flatten it in the training environment: `python -c "from mmengine.config import Config; '
    "Config.fromfile('CONFIG').dump('config.py')\"`"
)
BOM = "\ufeff"
CONVERT = "Convert it from its encoding, for example: `iconv -f GBK -t UTF-8 FILE -o NEW`"
ELSEWHERE = "a base file"
PACKAGE_BASE = re.compile(r"^(\w+) is not installed, please install \1")
#: Names of mmengine's stand-ins, in an exception of Python's own.
STAND_IN = re.compile(r"\bLazy(?:Attr|Object)\b")
NOT_FOUND = re.compile(r"^(?:file )?[\"']?([^\"']+?)[\"']? (?:does not exist|not found!)")


def explain_read_error(error: BaseException, path: Path, folder: Path) -> Failure:
    """Why a configuration cannot be run. path: of the file, which lies in the model's folder."""
    name = path.name
    encoding = _wrong_encoding(error, folder)
    if encoding is not None:
        return encoding
    if isinstance(error, SyntaxError):
        foreign = _with(folder, lambda data: not _is_utf8(data))
        if foreign and ("unicode error" in str(error.msg) or "Non-UTF-8" in str(error.msg)):
            return Failure("input", "config-encoding", f"{foreign} is not UTF-8: {error.msg}", CONVERT)
        file = _with(folder, lambda data: _is_broken(data, error)) or name
        where = f"{file}, line {error.lineno}" if error.lineno else file
        hint = "Correct the file; `python -m py_compile` shows the place."
        return Failure("input", "config-syntax", f"{where}: {error.msg}", hint)
    found = (
        _foreign_base(error, name)
        or _only_read(error, folder)
        or _missing_import(error, name, folder)
        or _missing_file(error, name)
        or _model_code(error, folder)
    )
    if found is not None:
        return found
    if isinstance(error, RecursionError):
        message = f"{name} cannot be read: its base files (_base_) refer back to it"
        return Failure("input", "config-error", message, "Remove the cycle from _base_. " + FLATTEN)
    hint = "The file is executed as Python: correct that line. " + FLATTEN
    return Failure("input", "config-error", f"{name} cannot be read: {last_line(error)}", hint)


def explain_build_error(error: BaseException, config: Config) -> Failure | None:
    """Why a model or a transform cannot be built from its configuration; None where it is another kind of error."""
    path = Path(config.filename)
    unknown = re.search(r"(\S+) is not in the (\S+?) registry", str(error))
    if isinstance(error, KeyError) and unknown:
        return _unknown_type(unknown, path.name)
    return (
        _missing_import(error, path.name, path.parent)
        or _missing_data_file(error, path.name)
        or _model_code(error, path.parent)
    )


def _foreign_base(error: BaseException, name: str) -> Failure | None:
    """`_base_ = 'mmyolo::...'`: mmengine looks for the package, whose name it says."""
    package = PACKAGE_BASE.match(str(error))
    if package is None or not isinstance(error, ModuleNotFoundError):
        return None
    message = f"{name} has a base file in the package {package.group(1)}, which the engine does not have"
    return Failure("input", "config-base-missing", message, FLATTEN)


def _only_read(error: BaseException, folder: Path) -> Failure | None:
    """A configuration with imports is not run: mmengine puts stand-ins for what it imports, which cannot be used."""
    frames = traceback.extract_tb(error.__traceback__)
    # An import that fails is one there, too: of a name that its module does not have.
    is_call = (
        bool(frames)
        and not isinstance(error, ImportError)
        and Path(frames[-1].filename).parts[-3:] == ("mmengine", "config", "lazy.py")
    )
    if not is_call and not STAND_IN.search(str(error)):
        return None
    place = place_in(error, folder)
    message = f"{place or 'the configuration'}: mmengine does not run code that a configuration imports"
    hint = (
        "Put that code into a module in the model's folder and list the module in custom_imports, or "
        "write the code's result into the configuration. " + FLATTEN
    )
    return Failure("input", "config-not-run", message, hint)


def _wrong_encoding(error: BaseException, folder: Path) -> Failure | None:
    """mmengine reads each configuration as UTF-8, whatever its first line declares."""
    if isinstance(error, SyntaxError) and "U+FEFF" in str(error.msg):
        hint = "Save it as UTF-8 without the byte order mark: `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE`"
        files = _with(folder, lambda data: data.startswith(BOM.encode())) or ELSEWHERE
        return Failure("input", "config-encoding", f"{files} starts with a byte order mark", hint)
    if isinstance(error, UnicodeDecodeError):
        files = _with(folder, lambda data: not _is_utf8(data)) or ELSEWHERE
        return Failure("input", "config-encoding", f"{files} is not UTF-8: {last_line(error)}", CONVERT)
    return None


def _with(folder: Path, wrong: Callable[[bytes], bool]) -> str:
    """Names of the Python files in the folder that are wrong."""
    files = [path for path in sorted(folder.rglob("*.py")) if wrong(path.read_bytes())]
    return ", ".join(str(path.relative_to(folder)) for path in files)


def _is_broken(data: bytes, error: SyntaxError) -> bool:
    """Whether this very error is in the file: mmengine does not say in which of the files it was."""
    try:
        compile(data, "", "exec", dont_inherit=True)
    except SyntaxError as own:
        return (own.msg, own.lineno) == (error.msg, error.lineno)
    except ValueError:
        return False
    return False


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _missing_import(error: BaseException, name: str, folder: Path) -> Failure | None:
    """The module that is missing, however deep, and the file that imports it."""
    imports = [cause for cause in causes_of(error) if isinstance(cause, ImportError)]
    if not imports:
        return None
    root = imports[-1]
    missing = root.name if isinstance(root, ModuleNotFoundError) and root.name else None
    place = place_in(root, folder)
    said = f"imports {missing}, which is not installed" if missing else f"cannot import: {last_line(root)}"
    if place is not None:
        package = (missing or "").partition(".")[0]
        hint = (
            "The engine only has its own packages. Remove the import if the model predicts without it, or put "
            f"{package or 'the module'} into the model's folder."
        )
        return Failure("input", "config-import", f"{place}: {said}", hint)
    library = package_of(root)
    if library is not None and library != "mmengine":
        hint = "The engine only has its own packages: build the model from classes that do not need it."
        return Failure("input", "config-import", f"{name} needs of {library} what it {said}", hint)
    hint = "Put that module into the model's folder, or remove the import: the engine only has its own packages."
    return Failure("input", "config-import", f"{name} {said if missing else f'needs {last_line(root)}'}", hint)


def _model_code(error: BaseException, folder: Path) -> Failure | None:
    place = place_in(error, folder)
    if place is None:
        return None
    hint = "This line runs when the model is read or built: correct it. The engine's log has the full traceback."
    return Failure("input", "model-code", f"{place}: {last_line(error)}", hint)


def _missing_file(error: BaseException, name: str) -> Failure | None:
    """A base, or another file that the configuration opens."""
    found = NOT_FOUND.match(str(error)) or re.search(r"'([^']+)'\s*$", str(error))
    is_base = type(error).__name__ == "ConfigParsingError" and "not found!" in str(error)
    if not is_base and not isinstance(error, FileNotFoundError):
        return None
    what = Path(found.group(1)).name if found else last_line(error)
    if is_base or Path(what).suffix in (".py", ".json", ".yaml", ".yml"):
        return Failure("input", "config-base-missing", f"{name} has a base file that does not exist: {what}", FLATTEN)
    return _missing_data_file(error, name)


def _missing_data_file(error: BaseException, name: str) -> Failure | None:
    missing = next((cause for cause in causes_of(error) if isinstance(cause, FileNotFoundError)), None)
    if missing is None:
        return None
    what = missing.filename or last_line(missing)
    hint = (
        "The engine only gets Python files, the checkpoint and samples. Write the numbers into the "
        "configuration, or remove the setting if only training needs it (such as class_weight of a loss)."
    )
    return Failure("input", "config-file-missing", f"{name} names a file that does not exist: {what}", hint)


def _unknown_type(unknown: re.Match[str], name: str) -> Failure:
    what = unknown.group(1).strip("'\"")
    part = "transform" if "transform" in unknown.group(2) else "type"
    hint = "Correct the name, or put the module that defines it into the model's folder and list it in custom_imports."
    message = f"{name} names an unknown {part}, {what} (not in {unknown.group(2)})"
    return Failure("input", f"config-unknown-{part}", message, hint)
