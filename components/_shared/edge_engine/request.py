"""request.json, checked."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .failure import Failure

PROTOCOL = 1


@dataclass(frozen=True)
class Request:
    """What to convert. Paths in `files` are relative to `folder`, in `code_files` to `code`; `samples` are absolute."""

    name: str
    folder: Path
    files: dict[str, list[str]]
    options: dict[str, Any]
    allow_missing: list[str]
    allow_unexpected: list[str]
    device: str
    samples: list[Path]
    classes: list[str] | None
    seed: int
    random_cases: int
    fp64: bool
    shapes: dict[str, list[int]]
    metadata: dict[str, str]
    output: Path
    #: Where the code lies that may be run: files of Git. None: all lie in `folder`, and all may be run.
    code: Path | None = None
    code_files: dict[str, list[str]] = field(default_factory=dict)

    @property
    def code_folder(self) -> Path:
        return self.code or self.folder

    def file(self, role: str) -> Path:
        """The one file of a role."""
        paths = [self.folder / path for path in self.files.get(role, [])]
        paths += [self.code_folder / path for path in self.code_files.get(role, [])]
        if len(paths) != 1:
            hint = f"Keep one, or name it in conversion.yaml as `{role}:`."
            raise Failure(
                "input", f"{role}-count", f"{self.name} has {len(paths)} {role} files, but needs exactly one", hint
            )
        return paths[0]


def read_request(path: Path) -> Request:
    """Raises ValueError where the file does not follow the protocol: that is the runner's fault, not the user's."""
    data = json.loads(path.read_text("utf-8"))
    if not isinstance(data, dict) or data.get("protocol") != PROTOCOL:
        raise ValueError(f"{path.name} is not a request of protocol {PROTOCOL}")
    model = _get(data, "model", dict)
    allow = data.get("allow") or {}
    references = _get(data, "references", dict)
    classes = data.get("classes")
    code = model.get("code")
    return Request(
        name=_get(model, "name", str),
        folder=Path(_get(model, "dir", str)),
        files=_by_role(model),
        options=_get(data, "options", dict),
        allow_missing=list(allow.get("missing", [])),
        allow_unexpected=list(allow.get("unexpected", [])),
        device=_get(data, "device", str),
        samples=[Path(sample) for sample in data.get("samples", [])],
        classes=None if classes is None else [str(name) for name in classes],
        seed=_get(data, "seed", int),
        random_cases=_get(references, "random", int),
        fp64=_get(references, "fp64", bool),
        shapes={str(axis): [int(size) for size in sizes] for axis, sizes in references.get("shapes", {}).items()},
        metadata={str(key): str(value) for key, value in data.get("metadata", {}).items()},
        output=Path(_get(data, "output_dir", str)),
        code=None if code is None else Path(_get(code, "dir", str)),
        code_files={} if code is None else _by_role(code),
    )


def _by_role(holder: Any) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for file in _get(holder, "files", list):
        files.setdefault(_get(file, "role", str), []).append(_get(file, "path", str))
    return files


def _get(data: Any, key: str, kind: type) -> Any:
    value = data.get(key) if isinstance(data, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"request.json: `{key}` is missing or not a {kind.__name__}")
    return value
