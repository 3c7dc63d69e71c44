"""One conversion: what it has said so far, and its result.json."""

import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .failure import Failure
from .progress import Progress


@dataclass
class Job:
    """Given to an engine's `convert`: stages with their seconds, warnings, facts of the environment, output files."""

    output: Path
    stages: tuple[str, ...]
    progress: Progress = field(default_factory=Progress)
    warnings: list[str] = field(default_factory=list)
    environment: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    #: How the engine goes through its stages another time, for people: `again, with fixed batch`.
    attempt: str = ""
    #: Stages that run now, the outer one first: it goes on when the inner one has ended.
    _open: list[str] = field(default_factory=list, init=False)
    #: Stages that were begun at most: progress does not go back.
    _begun: int = field(default=0, init=False)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        self._report(name)
        self._open.append(name)
        print(f"{self._shown(name)} ...", flush=True)
        try:
            yield
        finally:
            self.timings[name] = round(self.timings.get(name, 0) + time.monotonic() - started, 3)
            self._open.pop()
            if self._open:
                self._report(self._open[-1])

    def _report(self, name: str) -> None:
        self._begun = max(self._begun, self.stages.index(name))
        self.progress.report(self._shown(name), self._begun, len(self.stages))

    def _shown(self, name: str) -> str:
        return f"{name} ({self.attempt})" if self.attempt else name

    def mark(self) -> Callable[[], None]:
        """Returns what forgets all that is said from here on, for an engine that begins anew. Timings add up."""
        warnings, environment, files = list(self.warnings), dict(self.environment), list(self.files)

        def forget() -> None:
            self.warnings, self.environment, self.files = list(warnings), dict(environment), list(files)

        return forget

    def warn(self, text: str) -> None:
        if text not in self.warnings:
            print(f"warning: {text}", flush=True)
            self.warnings.append(text)

    def file(self, role: str, path: str) -> Path:
        """Where to write an output file; names it in the result."""
        self.files.append({"role": role, "path": path})
        target = self.output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def json_file(self, role: str, path: str, data: Any) -> None:
        text = json.dumps(data, indent=2, ensure_ascii=False)
        self.file(role, path).write_text(text + "\n", "utf-8")

    def write_result(self, failure: Failure | None, packages: list[str]) -> None:
        result: dict[str, Any] = {
            "protocol": 1,
            "status": "failed" if failure else "ok",
            "warnings": self.warnings,
            "environment": {
                **self.environment,
                "python": platform.python_version(),
                "packages": installed_versions(packages),
            },
            "timings": self.timings,
        }
        if failure:
            result["error"] = failure.as_dict()
        else:
            result.update(files=self.files, inputs=self.inputs, outputs=self.outputs)
            self.progress.report("done", len(self.stages), len(self.stages))
        self.output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(result, indent=2, ensure_ascii=False, sort_keys=True)
        (self.output / "result.json").write_text(text + "\n", "utf-8")


def installed_versions(packages: list[str]) -> dict[str, str]:
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
