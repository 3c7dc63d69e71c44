"""contract.json: what a device's program must know to run the model without the training repository."""

from typing import Any

import onnx

from edge_engine.job import Job
from edge_engine.references import References

from .classes import Classes
from .codebase import Codebase
from .deploy_config import symbolic_axes
from .export import Source
from .preprocess import opaque_steps, preprocess_steps
from .suppression import baked_numbers, most_boxes

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


def write_contract(
    source: Source,
    codebase: Codebase,
    classes: Classes,
    weights: str,
    model: onnx.ModelProto,
    references: References,
    job: Job,
) -> None:
    input_shape = source.deploy.onnx_config.get("input_shape") if codebase.task != "classification" else None
    steps = preprocess_steps(source.config, input_shape, source.model)
    for name in opaque_steps(steps):
        job.warn(f"contract.json cannot say what the transform {name} does: the device's program must do the same")
    if classes.names is None:
        job.warn("the names of the classes are unknown: add classes.txt, or metainfo to the dataset's configuration")
    contract: dict[str, Any] = {
        "version": 1,
        "task": codebase.task,
        "opset": next(each.version for each in model.opset_import if each.domain == ""),
        "ir": model.ir_version,
        "domains": sorted({node.domain for node in model.graph.node}),
        "precision": "fp32",
        "weights": weights,
        "input": _input(job, references, source),
        "preprocess": steps,
        "outputs": [{**_port(port), **_meaning(codebase, index, source)} for index, port in enumerate(job.outputs)],
        **_postprocess(codebase, source, model),
        "classes": classes.names,
        "classes_from": classes.source,
    }
    job.json_file("contract", "contract.json", contract)


def _input(job: Job, references: References, source: Source) -> dict[str, Any]:
    """With [smallest, first, largest] size of each free axis that the references tried."""
    port = job.inputs[0]
    free = symbolic_axes(source.deploy, port["name"])
    tried = [array.shape for array in references.arrays("in", port["name"])]
    ranges = {
        AXES[axis]: [min(shape[axis] for shape in tried), tried[0][axis], max(shape[axis] for shape in tried)]
        for axis in sorted(free)
    }
    stride = _stride(source)
    return {**_port(port), "layout": "NCHW", **ranges, **({"stride": stride} if stride else {})}


def _port(port: dict[str, Any]) -> dict[str, Any]:
    return {"name": port["name"], "dtype": SHORT.get(port["dtype"], port["dtype"]), "shape": port["shape"]}


def _meaning(codebase: Codebase, index: int, source: Source) -> dict[str, Any]:
    """What the numbers of an output mean; only what MMDeploy's rewriting makes certain."""
    settings = source.deploy.codebase_config
    if codebase.task == "classification":
        sigmoid = type(source.model.head).__name__.startswith("MultiLabel")
        return {"activation": "sigmoid_inside" if sigmoid else "softmax_inside"}
    if codebase.task == "segmentation":
        if not settings.get("with_argmax", True):
            return {"activation": "none"}
        return {"activation": "argmax_inside", "ignore_index": getattr(source.model.decode_head, "ignore_index", 255)}
    if index == 0:
        return {
            "format": "x1y1x2y2s",
            "space": "padded_input_px",
            "clipped": False,
            "max_k": most_boxes(source.config.model.get("test_cfg"), settings.post_processing),
            "padding": {"score": 0, "label": -1},
        }
    return {"label_offset": 0} if index == 1 else {}


def _postprocess(codebase: Codebase, source: Source, model: onnx.ModelProto) -> dict[str, Any]:
    if codebase.task == "classification":
        return {"postprocess": ["argmax"]}
    if codebase.task == "segmentation":
        return {"postprocess": ["crop padding", "nearest resize to original"]}
    # MMDeploy's graph neither clips boxes nor drops those without area.
    steps = ["drop score<=0", "clip to image", "drop boxes without area", "x/scale_x", "y/scale_y"]
    suppresses = any(node.op_type == "NonMaxSuppression" for node in model.graph.node)
    head = type(getattr(source.model, "bbox_head", None)).__name__ if suppresses else None
    deployed = source.deploy.codebase_config.post_processing
    return {"postprocess": steps, "baked": baked_numbers(source.config.model.get("test_cfg"), deployed, head)}


def _stride(source: Source) -> int | None:
    """Largest step of the detector's grid."""
    head = getattr(source.model, "bbox_head", None)
    strides = getattr(getattr(head, "prior_generator", None), "strides", None) or []
    flat = [value for each in strides for value in (each if isinstance(each, (tuple, list)) else (each,))]
    return int(max(flat)) if flat else None
