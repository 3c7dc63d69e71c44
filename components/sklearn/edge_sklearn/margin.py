"""How far a label is from the next one: where two classes are level, a right conversion may take either."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .source import Results, Source

#: Of the largest score: two that differ by less are level, as the votes of two halves of a forest.
TIE = 1e-6


def level(source: Source, exact: Results, single: Results) -> NDArray[np.bool_]:
    """True for a row whose two largest scores are level."""
    rows = len(next(iter(exact.values())))
    margins = [value for name, value in add_margin(source, exact, single).items() if name.endswith(".margin")]
    scores = max((np.abs(value).max(initial=0) for value in exact.values() if value.dtype.kind == "f"), default=1.0)
    return np.asarray(margins[0] <= TIE * scores) if margins else np.zeros(rows, bool)


def add_margin(source: Source, exact: Results, single: Results) -> dict[str, Any]:
    """`<label>.margin` and `.noise` where the label is the class of the largest score, else nothing."""
    labels = [view for view in source.views if view.method == "predict" and view.is_label]
    scores = [view for view in source.views if view.method in ("predict_proba", "decision_function") and view.rank == 2]
    classes = getattr(source.model, "classes_", None)
    if len(labels) != 1 or len(scores) != 1 or classes is None:
        return {}
    found, values = exact[labels[0].output], exact[scores[0].output]
    if values.shape[1] != len(classes) or len(classes) < 2:
        return {}
    indices = np.searchsorted(classes, found) if found.dtype == np.asarray(classes).dtype else found
    if not np.array_equal(np.argmax(values, axis=1), np.asarray(indices).reshape(len(values))):
        return {}
    ordered = np.sort(values, axis=1)
    noise = np.abs(values - single[scores[0].output]).max(initial=0)
    name = labels[0].output
    return {f"{name}.margin": ordered[:, -1] - ordered[:, -2], f"{name}.noise": np.array([noise])}
