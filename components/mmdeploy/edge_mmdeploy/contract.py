"""contract.json: what a device's program must know to run the model without the training repository."""

from dataclasses import dataclass
from typing import Any

import onnx

from edge_engine.job import Job
from edge_engine.references import References

from .baked_axes import Baked
from .classes import Classes
from .codebase import Codebase
from .deploy_config import symbolic_axes
from .export import Source
from .graph_ends import Ends
from .output_meaning import Meaning, Shown, boxes, class_map, class_scores, label_rule, masks
from .postprocess import disagree, postprocess
from .preprocess import opaque_steps, preprocess_steps
from .real_size import DRAWN
from .windows import Windows

SHORT = {
    "float32": "f32",
    "float64": "f64",
    "float16": "f16",
    "int64": "i64",
    "int32": "i32",
    "uint8": "u8",
    "bool": "bool",
}
AXES = ("b", "c", "h", "w")


@dataclass(frozen=True)
class Exported:
    """What was exported, for the contract. weights: which of the checkpoint, in words."""

    source: Source
    codebase: Codebase
    classes: Classes
    weights: str
    #: That the device cuts itself, None where it has none.
    windows: Windows | None
    #: Axes of the input that had to be fixed, and why.
    fixed: Baked


def write_contract(exported: Exported, model: onnx.ModelProto, references: References, job: Job) -> None:
    """model: the graph. Raises a Failure where the graph decides otherwise than the model that it was made of."""
    source, codebase, classes, windows = exported.source, exported.codebase, exported.classes, exported.windows
    steps = _steps(source, codebase, windows, job)
    if classes.names is None:
        job.warn("the names of the classes are unknown: add classes.txt, or metainfo to the dataset's configuration")
    shown = Shown(Ends(model), source, references, job.inputs[0]["name"])
    meanings = _meanings(codebase, shown, [port["name"] for port in job.outputs])
    contract: dict[str, Any] = {
        "version": 1,
        "task": codebase.task,
        "opset": next(each.version for each in model.opset_import if each.domain == ""),
        "ir": model.ir_version,
        "domains": sorted({node.domain for node in model.graph.node}),
        "precision": "fp32",
        "weights": exported.weights,
        "input": _input(job, references, source, exported.fixed),
        "preprocess": steps,
        "outputs": [{**_port(port), **meaning} for port, meaning in zip(job.outputs, meanings)],
        **postprocess(codebase.task, shown, windows, meanings),
        "classes": _names(classes, meanings[0]),
        "classes_from": classes.source,
    }
    job.json_file("contract", "contract.json", contract)


def _steps(source: Source, codebase: Codebase, windows: Windows | None, job: Job) -> list[Meaning]:
    """A window is cut out of what the model's own pipeline makes of a picture."""
    stretched = codebase.task != "classification" and windows is None
    input_shape = source.deploy.onnx_config.get("input_shape") if stretched else None
    steps = preprocess_steps(source.config, input_shape, source.model)
    for name in opaque_steps(steps):
        job.warn(f"contract.json cannot describe the transform {name}: the program on the device must implement it")
    return [*steps, windows.as_step()] if windows else steps


def _input(job: Job, references: References, source: Source, fixed: Baked) -> dict[str, Any]:
    """With [smallest, usual, largest] size of each free axis that the references tried, and why others are fixed."""
    port = job.inputs[0]
    free = symbolic_axes(source.deploy, port["name"])
    tried = [array.shape for array in references.arrays("in", port["name"])]
    usual = _usual_shape(references, port["name"])
    ranges = {
        AXES[axis]: [min(shape[axis] for shape in tried), usual[axis], max(shape[axis] for shape in tried)]
        for axis in sorted(free)
    }
    stride = _stride(source)
    why = {"fixed": {AXES[axis]: why for axis, why in sorted(fixed.items())}} if fixed else {}
    return {**_port(port), "layout": "NCHW", **ranges, **({"stride": stride} if stride else {}), **why}


def _usual_shape(references: References, name: str) -> tuple[int, ...]:
    """Of an input that the model's own pipeline makes of a picture."""
    cases = list(references.kinds)
    made = next((case for case in cases if case.startswith(("sample-", DRAWN))), cases[0])
    shape: tuple[int, ...] = references.array(made, "in", name).shape
    return shape


def _port(port: dict[str, Any]) -> dict[str, Any]:
    return {"name": port["name"], "dtype": SHORT.get(port["dtype"], port["dtype"]), "shape": port["shape"]}


def _meanings(codebase: Codebase, shown: Shown, names: list[str]) -> list[Meaning]:
    """One for each output; what neither the graph nor the references show is not said."""
    if codebase.task == "classification":
        meaning = class_scores(shown, names[0])
        if meaning.get("activation") == "softmax_inside" and label_rule(shown.source):
            raise disagree(
                "its head scores each label independently", "but the graph ends in a softmax over all labels"
            )
        return [meaning, *({} for _ in names[1:])]
    if codebase.task == "segmentation":
        return [class_map(shown, names[0]), *({} for _ in names[1:])]
    others = [masks(shown, name) for name in names[2:]]
    return [boxes(shown, names), {"label_offset": 0}, *others]


def _names(classes: Classes, meaning: Meaning) -> list[str] | None:
    """Of a map of 0 and 1 with one class: 0 is what is not of it."""
    if classes.names and len(classes.names) == 1 and meaning.get("activation") == "threshold_inside":
        return ["background", *classes.names]
    return classes.names


def _stride(source: Source) -> int | None:
    """Largest step of the detector's grid."""
    head = getattr(source.model, "bbox_head", None)
    strides = getattr(getattr(head, "prior_generator", None), "strides", None) or []
    flat = [value for each in strides for value in (each if isinstance(each, (tuple, list)) else (each,))]
    return int(max(flat)) if flat else None
