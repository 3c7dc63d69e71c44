"""What the numbers of each output mean: what the graph and the references show, and nothing else."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from edge_engine.references import References

from .export import Source
from .graph_ends import Ends
from .suppression import most_boxes

Meaning = dict[str, Any]
#: [batch, boxes, height, width]
MASK_AXES = 4


@dataclass(frozen=True)
class Shown:
    """What an export shows of itself: the ends of its graph, its model, its references. input: the input's name."""

    ends: Ends
    source: Source
    references: References
    input: str


def class_scores(shown: Shown, name: str) -> Meaning:
    """Of a classifier. Several labels may be true where the head has a threshold for each or takes the best k."""
    end = shown.ends.of(name)
    meaning = _activation(shown.ends, name)
    rule = label_rule(shown.source)
    if end.activation == "sigmoid_inside" and rule:
        meaning |= rule
    return meaning


def label_rule(source: Source) -> Meaning:
    """`{threshold}` or `{top_k}` of a head of several labels; empty for a head of one."""
    head: Any = getattr(source.model, "head", None)
    if not hasattr(head, "thr") or not hasattr(head, "topk"):
        return {}
    if head.thr is not None:
        return {"threshold": float(head.thr)}
    return {"top_k": int(head.topk)} if head.topk is not None else {}


def class_map(shown: Shown, name: str) -> Meaning:
    """Of a segmentor: classes, 0 and 1 by a threshold, or scores."""
    end = shown.ends.of(name)
    meaning = _activation(shown.ends, name)
    if end.activation == "threshold_inside":
        meaning["threshold"] = end.threshold
    if end.activation in ("argmax_inside", "threshold_inside"):
        head = shown.source.model.decode_head
        head = head[-1] if hasattr(head, "__len__") else head
        meaning["ignore_index"] = getattr(head, "ignore_index", 255)
    return meaning


def boxes(shown: Shown, names: list[str]) -> Meaning:
    """names: of the outputs with the boxes and with the labels."""
    settings = shown.source.deploy.codebase_config.post_processing
    most = most_boxes(shown.source.config.model.get("test_cfg"), settings)
    meaning: Meaning = {"format": "x1y1x2y2s", "space": "padded_input_px", "max_k": most}
    if _reach_outside(shown, names[0]):
        meaning["clipped"] = False
    if shown.ends.suppresses:
        meaning["padding"] = {"score": 0, **_padding_label(shown.references, names[:2])}
    return meaning


def masks(shown: Shown, name: str) -> Meaning:
    """One for each box: over the whole input, or over the box."""
    references = shown.references
    meaning = _activation(shown.ends, name)
    cases = [case for case in references.kinds if references.has(case, "fp32", name)]
    sizes = [references.array(case, "fp32", name).shape for case in cases]
    inputs = [references.array(case, "in", shown.input).shape for case in cases]
    if not sizes or any(len(size) != MASK_AXES for size in sizes):
        return meaning
    if all(size[2:] == shape[2:] for size, shape in zip(sizes, inputs)):
        meaning["space"] = "padded_input_px"
    elif len({size[2:] for size in sizes}) == 1 and len({shape[2:] for shape in inputs}) > 1:
        meaning["space"] = "box"
    tested = shown.source.config.model.get("test_cfg") or {}
    threshold = (tested.get("rcnn") or tested).get("mask_thr_binary")
    if threshold is not None and meaning.get("activation") == "sigmoid_inside":
        meaning["threshold"] = float(threshold)
    return meaning


def _activation(ends: Ends, name: str) -> Meaning:
    activation = ends.of(name).activation
    return {"activation": activation} if activation else {}


def _reach_outside(shown: Shown, name: str) -> bool:
    """Whether a box of the references lies partly outside its input: then the graph does not clip."""
    references = shown.references
    for case in references.kinds:
        height, width = references.array(case, "in", shown.input).shape[2:]
        dets = references.array(case, "fp32", name)
        corners = dets[dets[..., 4] > 0][:, :4]
        if (corners < 0).any() or (corners > np.array([width, height] * 2)).any():
            return True
    return False


def _padding_label(references: References, names: list[str]) -> Meaning:
    """The label of rows that are no box, where it is always the same."""
    found: set[int] = set()
    for dets, labels in zip(*(references.arrays("fp32", name) for name in names)):
        found |= {int(label) for label in np.unique(labels[dets[..., 4] <= 0])}
    return {"label": found.pop()} if len(found) == 1 else {}
