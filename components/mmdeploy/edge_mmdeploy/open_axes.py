"""`dynamic: auto`: the widest form of a graph that is right: open, then again with those axes fixed that are not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from edge_engine.failure import Failure
from edge_engine.job import Job

from .baked_axes import Baked
from .cases import BATCH, HEIGHT, WIDTH

Result = TypeVar("Result")
NAMES = {BATCH: "batch", HEIGHT: "height", WIDTH: "width"}
#: Failures that may be gone where an axis is fixed.
PERHAPS_AN_AXIS = ("export-failed", "batch-baked-in", "model-fails")


@dataclass(frozen=True)
class Attempt(Generic[Result]):
    """One export. baked: axes that it calls free and are not."""

    result: Result
    baked: Baked


def export_widest(free: set[int], attempt: Callable[[Baked], Attempt[Result]]) -> tuple[Result, Baked]:
    """Exports by `attempt`, which gets the axes to fix and why. Returns the result with the fewest, and these.

    Where the export itself fails, the batch is fixed, then height and width, then all; if that fails too, the first
    failure is raised: it does not hang on an axis.
    """
    try:
        return _until_right({}, attempt)
    except Failure as failure:
        if failure.code not in PERHAPS_AN_AXIS:
            raise
        first = failure
    for axes in _narrower(free):
        why = f"the export fails if it is open: {str(first)[:200]}"
        try:
            return _until_right(dict.fromkeys(axes, why), attempt)
        except Failure as failure:
            if failure.code not in PERHAPS_AN_AXIS:
                raise
            print(f"it also fails with axes {sorted(axes)} fixed: {str(failure)[:300]}", flush=True)
    raise first


def close_axes(deploy: Any, closed: Baked) -> None:
    """Fixes axes of the input, and those of outputs that have the same label, in a deployment configuration."""
    onnx_config = deploy.onnx_config
    axes = dict(onnx_config.get("dynamic_axes") or {})
    name = onnx_config.input_names[0]
    labels = {label for axis, label in axes.get(name, {}).items() if int(axis) in closed}
    left = {
        tensor: {axis: label for axis, label in named.items() if label not in labels} for tensor, named in axes.items()
    }
    if not left.get(name):
        # Without a free input MMDeploy's rewriting is another: that of a fixed graph.
        onnx_config.pop("dynamic_axes", None)
        return
    onnx_config.dynamic_axes = {tensor: named for tensor, named in left.items() if named}


def again_with(closed: Baked) -> str:
    """What another export does otherwise, for people; empty for the first one."""
    axes = " and ".join(NAMES[axis] for axis in sorted(closed))
    return f"again, with fixed {axes}" if axes else ""


def say_fixed(closed: Baked, job: Job) -> None:
    """In the result: which axes of the input are fixed, at which length, and why."""
    shape = job.inputs[0]["shape"]
    said: dict[str, list[str]] = {}
    for axis, why in sorted(closed.items()):
        said.setdefault(why, []).append(f"{NAMES[axis]} {shape[axis]}")
    for why, axes in said.items():
        job.warn(f"the input is fixed at {' and '.join(axes)}: {why}")
    if closed:
        job.environment["fixed_axes"] = {NAMES[axis]: why for axis, why in sorted(closed.items())}


def _until_right(closed: Baked, attempt: Callable[[Baked], Attempt[Result]]) -> tuple[Result, Baked]:
    done = attempt(closed)
    more = {axis: why for axis, why in done.baked.items() if axis not in closed}
    # A rewriting for a fixed size may leave the batch open that the other one bakes in.
    first = {axis: why for axis, why in more.items() if axis != BATCH} or more
    return _until_right({**closed, **first}, attempt) if more else (done.result, closed)


def _narrower(free: set[int]) -> Iterator[set[int]]:
    batch, size = free & {BATCH}, free & {HEIGHT, WIDTH}
    yield from (axes for axes in (batch, size) if axes)
    if batch and size:
        yield batch | size
