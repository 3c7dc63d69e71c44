"""An engine that works, for models y = w * x + b; README.md says what to change. Argument: path of request.json."""

import json
import random
import sys
from typing import Any

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.references import References
from edge_engine.request import Request
from edge_engine.run import run_engine
from stand_in import Linear, Table, write_onnx

STAGES = ("load", "export", "references")
EXTREMES = {"zeros": 0.0, "huge": 1e4, "negative": -1e4}


def convert(request: Request, job: Job) -> None:
    """Ends with `job.inputs`, `job.outputs`, and the files `model`, `contract` and `references`."""
    with job.stage("load"):
        model = load(request)
    with job.stage("export"):
        opset = int(request.options.get("opset", 13))
        write_onnx(model, job.file("model", "end2end.onnx"), opset, request.metadata)
        port = {"dtype": "float32", "shape": ["batch", len(model.w)]}
        job.inputs = [{"name": "input", **port}]
        job.outputs = [{"name": "output", **port}]
        job.json_file("contract", "contract.json", contract(len(model.w), opset))
    with job.stage("references"):
        references(model, request).write(job.file("references", "references.safetensors"))


def load(request: Request) -> Linear:
    """Strict: the checkpoint holds `w` and `b` of one length, and nothing else that was not allowed."""
    path = request.file("checkpoint")
    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        message = f"{path.name} is not JSON: {error}"
        raise Failure("input", "checkpoint-unreadable", message, "Write it again.") from error
    missing = sorted({"w", "b"} - set(data) - set(request.allow_missing))
    unexpected = sorted(set(data) - {"w", "b"} - set(request.allow_unexpected))
    w, b = data.get("w", []), data.get("b", [0.0] * len(data.get("w", [])))
    if missing or unexpected or len(w) != len(b):
        said = f"missing: {missing}, unexpected: {unexpected}, {len(w)} and {len(b)} values"
        hint = "Use the checkpoint that belongs to this model."
        raise Failure("mismatch", "checkpoint-mismatch", f"{path.name} does not fit ({said})", hint)
    return Linear(w, b)


def references(model: Linear, request: Request) -> References:
    """What the source computes, in float32 and float64: samples, random rows in three batches, extreme inputs."""
    rng = random.Random(request.seed)
    found = References()
    for number, path in enumerate(request.samples):
        add_case(found, model, f"sample-{number}", "real", [json.loads(path.read_text("utf-8"))])
        found.files[f"sample-{number}"] = path.name
    for number, batch in enumerate((4, 3, 1)):
        rows = [[rng.uniform(-3, 3) for _ in model.w] for _ in range(batch)]
        add_case(found, model, f"random-{number}", "random", rows)
    for name, value in EXTREMES.items():
        add_case(found, model, f"extreme-{name}", "extreme", [[value] * len(model.w)])
    return found


def add_case(found: References, model: Linear, name: str, kind: Any, rows: list[list[float]]) -> None:
    given = Table("float32", rows)
    parts = {"in": {"input": given}, "fp32": {"output": model.run(given, "float32")}}
    if kind != "extreme":
        parts["fp64"] = {"output": model.run(given, "float64")}
    found.add(name, kind, parts)


def contract(channels: int, opset: int) -> dict[str, Any]:
    port = {"dtype": "f32", "shape": ["batch", channels]}
    return {
        "version": 1,
        "task": "regression",
        "opset": opset,
        "ir": 7,
        "domains": [""],
        "precision": "fp32",
        "input": {"name": "input", **port},
        "outputs": [{"name": "output", **port}],
    }


if __name__ == "__main__":
    sys.exit(run_engine(convert, STAGES, packages=[]))
