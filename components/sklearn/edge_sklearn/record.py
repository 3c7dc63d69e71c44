"""references.safetensors: what the source computes for samples, drawn rows, and extreme values."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edge_engine.failure import Failure
from edge_engine.job import Job
from edge_engine.references import References
from edge_engine.request import Request

from .columns import Arrays
from .convertible import fills_texts
from .coverage import covering_rows
from .hidden_layers import HiddenLayers
from .holes import MISSING, carries_missing, with_holes
from .margin import add_margin
from .marks import with_marks
from .rows import draw, length, take
from .source import Results, Source
from .splits import beside_splits
from .stable import MORE_JITTERS, stable_rows
from .walk import estimators_in
from .word_options import WIDE_LOCALE, word_options

#: Rows of the drawn cases: three sizes and more, so that the batch is free.
SIZES = (64, 17, 5, 1)
CANDIDATES = 2048
EXTREMES = {"zeros": 0.0, "huge": 1e6, "negative": -1e6}
Kind = Literal["real", "random", "extreme"]


class Recorder:
    """Adds cases; rows at which the source has no single answer are left out, and counted."""

    def __init__(self, source: Source, seed: int) -> None:
        self.source = source
        self.rng = np.random.default_rng(seed)
        self.references = References()
        self.layers = HiddenLayers(source)
        self.near_splits: dict[str, list[int]] = {}

    def add(self, name: str, kind: Kind, arrays: Arrays, held: Arrays | None = None) -> None:
        """Extreme cases have no float64, and all their rows. held: as for `stable_rows`."""
        if kind != "extreme":
            stable = stable_rows(self.source, arrays, self.rng, MORE_JITTERS, held)
            if not stable.all():
                self.near_splits[name] = np.flatnonzero(~stable).tolist()
            arrays = take(arrays, np.flatnonzero(stable))
        if length(arrays) == 0:
            return
        single = self.source.single(arrays)
        parts: dict[str, dict[str, Any]] = {"in": dict(arrays), "fp32": self._stored(single, None)}
        if kind != "extreme":
            exact = self.source.exact(arrays)
            parts["fp64"] = self._stored(exact, "float64")
            parts["aux"] = add_margin(self.source, exact, single)
        if self.references.add(name, kind, parts) and kind == "random":
            self.layers.add(name, arrays)

    def _stored(self, results: Results, dtype: str | None) -> dict[str, Any]:
        """In the graph's type; float64 keeps its digits."""
        types = {view.output: "object" if view.dtype == "string" else view.dtype for view in self.source.views}
        labels = {view.output for view in self.source.views if view.is_label}
        return {
            name: values.astype(types[name] if name in labels or dtype is None else dtype)
            for name, values in results.items()
        }


def record_references(source: Source, samples: dict[str, Arrays], request: Request, job: Job) -> Recorder:
    """`Failure` where the source refuses the samples, or has too few stable answers."""
    recorder = Recorder(source, request.seed)
    for name, arrays in samples.items():
        if not source.takes(arrays):
            hint = "Use a sample that the model accepts, with the columns and values that it was fitted on."
            raise Failure("input", "sample-refused", f"the model rejects the rows of {name}", hint)
        recorder.add(name, "real", arrays)
    drawn = _balanced(source, list(samples.values()), recorder.rng)
    for number, size in enumerate((*SIZES, *[SIZES[0]] * max(0, request.random_cases - len(SIZES)))):
        rows = recorder.rng.choice(length(drawn), size=size, replace=length(drawn) < size)
        recorder.add(f"random-{number}", "random", take(drawn, rows))
    for name, arrays in with_holes(take(drawn, np.arange(min(SIZES[0], length(drawn)))), recorder.rng).items():
        if not source.takes(arrays):
            continue
        if name == MISSING and not carries_missing(source):
            job.warn(
                "the source accepts missing values (NaN), but the edge model does not: fill them before calling it"
            )
            continue
        recorder.add(name, "random", arrays)
    for name, found in (("values", covering_rows), ("splits", beside_splits)):
        chosen = found(source, drawn, recorder.rng)
        if chosen is not None:
            recorder.add(name, "random", chosen)
    marked = with_marks(source, take(drawn, np.arange(min(SIZES[0], length(drawn)))), recorder.rng)
    if marked is not None and source.takes(marked[0]):
        recorder.add("marks", "random", *marked)
    for name, value in EXTREMES.items():
        arrays = {entry: _filled(drawn[entry][:2], value) for entry in drawn}
        if source.takes(arrays):
            recorder.add(f"extreme-{name}", "extreme", arrays)
    if any(fills_texts(estimator) for estimator in (source.model, *estimators_in(source.model))):
        job.warn("the source fills missing texts, but the edge model cannot be given any: fill them before calling it")
    vectorizers = [each for each in (source.model, *estimators_in(source.model)) if hasattr(each, "build_analyzer")]
    if any(
        word_options(each, str(request.options.get("options", {}))).get("locale") == WIDE_LOCALE for each in vectorizers
    ):
        job.warn(f"the edge model lowers letters beyond ASCII by the locale {WIDE_LOCALE}, which the device must have")
    _say_left_out(recorder, job)
    if not set(recorder.references.kinds.values()) & {"real", "random"}:
        message = "rounding decides the model's result for all random rows"
        raise Failure("input", "unstable", message, "Add `samples/*.csv` with real rows.")
    return recorder


def _balanced(source: Source, samples: list[Arrays], rng: np.random.Generator) -> Arrays:
    """Stable rows, as many of each label as there are, up to an equal part."""
    drawn = draw(source.model, source.columns, samples, CANDIDATES, rng)
    kept = np.flatnonzero(stable_rows(source, drawn, rng))
    if len(kept) < SIZES[0]:
        message = f"of {CANDIDATES} random rows, the model gives a stable result for only {len(kept)}"
        hint = "Add `samples/*.csv` with real rows."
        raise Failure("input", "unstable", message, hint)
    drawn = take(drawn, kept)
    labels = next((view.output for view in source.views if view.is_label), None)
    if labels is None:
        return drawn
    found = source.exact(drawn)[labels].reshape(length(drawn), -1)[:, 0]
    groups = [np.flatnonzero(found == label) for label in dict.fromkeys(found.tolist())]
    each = max(SIZES[0], length(drawn) // (2 * len(groups)))
    return take(drawn, np.sort(np.concatenate([group[:each] for group in groups])))


def _filled(array: NDArray[Any], value: float) -> NDArray[Any]:
    return array if array.dtype.kind in "OUb" else np.full_like(array, value)


def _say_left_out(recorder: Recorder, job: Job) -> None:
    for name, rows in recorder.near_splits.items():
        if name.startswith("sample-"):
            listed = ", ".join(map(str, rows[:10])) + (" …" if len(rows) > 10 else "")
            job.warn(
                f"{name}: rows {listed} are so close to a split that rounding decides: they are skipped, and the "
                "edge model may decide differently for them"
            )
    if recorder.near_splits:
        job.environment["near_splits"] = {name: len(rows) for name, rows in recorder.near_splits.items()}
