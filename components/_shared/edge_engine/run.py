"""The entry of every engine: `sys.exit(run_engine(convert, stages, packages))`."""

import os
import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from .blame import failure_of
from .failure import Failure
from .job import Job
from .request import Request, read_request

Convert = Callable[[Request, Job], None]
EXIT = {"input": 2, "mismatch": 1, "external": 3, "bug": 70}


def run_engine(convert: Convert, stages: tuple[str, ...], packages: list[str]) -> int:
    """Reads the request that the only argument names, converts, writes result.json. Returns the exit code."""
    if len(sys.argv) != 2:
        print(f"usage: {Path(sys.argv[0]).name} REQUEST.json", file=sys.stderr)
        return 2
    fix_hash_seed()
    request = read_request(Path(sys.argv[1]))
    random.seed(request.seed)
    job = Job(request.output, stages)
    failure: Failure | None = None
    try:
        request.output.mkdir(parents=True, exist_ok=True)
        convert(request, job)
    except BaseException as error:  # also SystemExit of a model's own code: the result must be written
        if not isinstance(error, Failure):
            traceback.print_exc()
        failure = without_folder(failure_of(error, request.code_folder), request)
        print(f"failed: {failure}", flush=True)
    job.write_result(failure, packages)
    return EXIT[failure.kind] if failure else 0


def fix_hash_seed() -> None:
    """Starts Python again with a fixed hash seed where it has none: the order of sets would reach the outputs."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def without_folder(failure: Failure, request: Request) -> Failure:
    """People know their files by the path below the model's folder, not by where this machine put it."""

    def short(text: str) -> str:
        inputs = [request.folder, request.code_folder]
        for folder in {str(path) for each in inputs for path in (each, each.resolve())} | {str(request.output)}:
            text = text.replace(folder + os.sep, "").replace(folder, ".")
        return text

    return Failure(failure.kind, failure.code, short(str(failure)), short(failure.hint))
