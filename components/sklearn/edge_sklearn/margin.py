"""How far a label is from the next one: where two classes are level, a right conversion may take either."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .source import Results, Source

#: Of the largest score: two that differ by less are level, as the votes of two halves of a forest.
TIE = 1e-6
#: Of what float32 changes of the scores.
NOISE = 4


def level(source: Source, exact: Results, single: Results) -> NDArray[np.bool_]:
    """True for a row whose two largest scores are level."""
    rows = len(next(iter(exact.values())))
    found = add_margin(source, exact, single)
    if not found:
        return np.zeros(rows, bool)
    margins, noises = ([v for name, v in found.items() if name.endswith(end)] for end in (".margin", ".noise"))
    scores = max((np.abs(value).max(initial=0) for value in exact.values() if value.dtype.kind == "f"), default=1.0)
    return np.asarray(margins[0] <= max(TIE * scores, NOISE * float(noises[0][0])))


def add_margin(source: Source, exact: Results, single: Results) -> dict[str, Any]:
    """`<label>.margin` and `.noise` where the label is the class of the largest score, else nothing."""
    labels = [view for view in source.views if view.method == "predict" and view.is_label]
    scores = [view for view in source.views if view.method in ("predict_proba", "decision_function") and view.rank == 2]
    classes = getattr(source.model, "classes_", None)
    if len(labels) != 1 or len(scores) != 1 or classes is None:
        return {}
    found, values = exact[labels[0].output], exact[scores[0].output]
    if values.shape[1] != len(classes) or len(classes) < 2 or found.size != len(values):
        return {}
    indices = np.searchsorted(classes, found) if found.dtype == np.asarray(classes).dtype else found
    ordered = np.sort(values, axis=1)
    own = np.take_along_axis(values, np.asarray(indices).reshape(-1, 1).astype(np.int64), axis=1)[:, 0]
    # The label comes of another score where this one is level: a probability of 1 - 1e-9 beside one of 1.
    if (ordered[:, -1] - own > TIE * np.abs(values).max(initial=0)).any():
        return {}
    noise = np.abs(values - single[scores[0].output]).max(initial=0)
    name = labels[0].output
    return {f"{name}.margin": ordered[:, -1] - ordered[:, -2], f"{name}.noise": np.array([noise])}
