"""Start of a new engine: see README.md. Argument: path of request.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "_shared"))

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.request import Request
from edge_engine.run import run_engine

STAGES = ("load", "export", "references")


def convert(request: Request, job: Job) -> None:
    """Ends with `job.inputs`, `job.outputs`, one file of role `model` and one of role `references`."""
    with job.stage("load"):
        checkpoint = request.file("checkpoint")
        if checkpoint.stat().st_size == 0:
            raise Failure("input", "checkpoint-empty", f"{checkpoint.name} is empty", "Upload it again.")
    with job.stage("export"):
        message = "this engine exports nothing yet"
        raise Failure("input", "not-written", message, "Write the export here: job.file('model', 'model.onnx').")


if __name__ == "__main__":
    sys.exit(run_engine(convert, STAGES, packages=[]))
