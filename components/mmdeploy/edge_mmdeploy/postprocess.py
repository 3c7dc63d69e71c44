"""What a device does with the outputs, and the numbers that are built into the graph."""

from typing import Any

from edge_engine.failure import Failure

from .codebase import Task
from .export import Source
from .graph_ends import Ends
from .output_meaning import Meaning, Shown
from .suppression import baked_numbers, is_class_agnostic, smallest_side
from .windows import Windows


def postprocess(task: Task, shown: Shown, windows: Windows | None, meanings: list[Meaning]) -> dict[str, Any]:
    """`postprocess` and, of a detector, `baked`. meanings: of the outputs.

    Raises a Failure where the graph decides otherwise than the model's own settings.
    """
    if task == "classification":
        steps = _choice(meanings[0])
        return {"postprocess": steps} if steps else {}
    if task == "segmentation":
        return {"postprocess": _of_map(meanings[0], windows)}
    return _of_boxes(shown.source, shown.ends, meanings)


def _choice(meaning: Meaning) -> list[str]:
    """How classes are chosen by their scores."""
    if "threshold" in meaning:
        return [f"keep score>={meaning['threshold']:g}"]
    if "top_k" in meaning:
        return [f"top {meaning['top_k']}"]
    return ["argmax"] if meaning.get("activation") in ("softmax_inside", "log_softmax_inside", "none") else []


def _of_map(meaning: Meaning, windows: Windows | None) -> list[str]:
    scores = meaning.get("activation") == "none"
    ways = ["mean of windows"] if windows else []
    ways += ["crop padding", "linear resize to original" if scores else "nearest resize to original"]
    return [*ways, "argmax"] if scores else ways


def _of_boxes(source: Source, ends: Ends, meanings: list[Meaning]) -> dict[str, Any]:
    """MMDeploy's graph drops no box by its size; whether it clips is not certain."""
    tested = source.config.model.get("test_cfg")
    across, wanted = ends.suppresses_across_classes, is_class_agnostic(tested)
    classes = getattr(getattr(source.model, "bbox_head", None), "num_classes", None)
    if ends.suppresses and wanted and not across and classes != 1:
        raise disagree("nms.class_agnostic of its test_cfg is true", "the graph suppresses class by class")
    side = smallest_side(tested)
    small = f"drop boxes with a side<={side:g}" if side > 0 else "drop boxes without area"
    steps = ["drop score<=0", "clip to image", small, "x/scale_x", "y/scale_y"]
    for meaning in meanings[2:]:
        if meaning.get("space") == "box":
            steps.append("resize masks to their boxes")
        if "threshold" in meaning:
            steps.append(f"keep mask>={meaning['threshold']:g}")
    head = type(getattr(source.model, "bbox_head", None)).__name__ if ends.suppresses else None
    baked = baked_numbers(tested, source.deploy.codebase_config.post_processing, head)
    agnostic = {"class_agnostic": across} if ends.suppresses else {}
    return {"postprocess": steps, "baked": {**baked, **agnostic}}


def disagree(model: str, graph: str) -> Failure:
    """What the model does and what the graph does, each as half a sentence."""
    hint = "Change the model so that both agree, and evaluate it: a device would decide differently from the source."
    message = f"MMDeploy's graph does not do what the model does: {model}, {graph}"
    return Failure("mismatch", "graph-differs", message, hint)
