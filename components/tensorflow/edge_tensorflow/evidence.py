"""All that the references need to know first: free axes, values, tensors inside; then the cases."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

import numpy as np
import onnx
import tensorflow as tf

from edge_engine.job import Job
from edge_engine.references import References
from edge_engine.request import Request

from .axes import BATCH, LENGTHS, PICTURES, Axes, Place, name_axes
from .draw import Drawer, ranges_said
from .evaluate import Evaluator
from .inner import inner_tensors, same_place
from .layer_tensors import layer_inputs
from .layers import SourceLayers
from .layout import Layout, fixed_sizes
from .long_lengths import long_sizes
from .ports import Array, Arrays, Port
from .ranges import range_of
from .record import Recorder, Shapes, record, rows_of
from .samples import read_samples
from .source import Source
from .tidy import name_inputs, name_outputs

#: The first axis where rows are not apart from each other: no batch.
ROWS_TOGETHER = "rows"
#: Which of three lengths a case has: two cases have the same.
TURNS = (0, 1, 0, 2)
#: Draws that a graph with a decision is asked for, beside the first.
MORE_DRAWS = 4


def gather(source: Source, model: onnx.ModelProto, request: Request, job: Job) -> References:
    """The references; names the free axes of `model` on the way."""
    options = request.options
    moved = [_names(options.get(key, [])) for key in ("inputs_as_nchw", "outputs_as_nchw")]
    layout = Layout(*moved)
    source = _with_sizes(source, model, layout)
    samples = read_samples(request, source.inputs)
    ranges = ranges_said(
        options, source.inputs, {port.name: range_of(port, source.raw, source.tables) for port in source.inputs}
    )
    drawer = Drawer(source.inputs, ranges, request.seed)
    axes = _axes(source, drawer, request, layout)
    evaluator = Evaluator(source, _inner(source, model, drawer, axes), request.seed)
    probe = drawer.draw(Shapes(evaluator, axes).of(axes.base))
    evaluator.check(probe)
    # A decision that takes all rows together may take the same way for one row of one draw.
    decides = any(node.op_type == "If" for node in model.graph.node)
    more = [drawer.draw(Shapes(evaluator, axes).of(axes.base)) for _ in range(MORE_DRAWS if decides else 0)]
    _rename_rows(axes, evaluator, [probe, *more])
    name_inputs(model, _in_onnx(axes.names, layout))
    layers = SourceLayers(evaluator, layer_inputs(source.raw, model.graph))
    recorder = Recorder(evaluator, layout, layers)
    record(recorder, drawer, axes, _plan(evaluator, drawer, axes, request, probe), samples)
    name_outputs(model, recorder.shapes)
    job.environment["layers"] = layers.attach(recorder.references, model.graph)
    _say(recorder, job)
    if not samples:
        _say_masks(drawer.drawn_as_masks(), job)
    return recorder.references


def _names(said: list[str]) -> list[str]:
    return [name.removesuffix(":0") for name in said]


def _with_sizes(source: Source, model: onnx.ModelProto, layout: Layout) -> Source:
    """With the sizes that `shape_override` fixed in the graph."""
    found = {value.name: fixed_sizes(value) for value in model.graph.input}
    inputs = []
    for port in source.inputs:
        sizes = found.get(port.name)
        if sizes is None or len(sizes) != len(port.shape):
            inputs.append(port)
            continue
        order = (0, 2, 3, 1) if port.name in layout.inputs else range(len(sizes))
        shape = tuple(own or sizes[at] or None for own, at in zip(port.shape, order))
        inputs.append(Port(port.name, port.tensor, port.dtype, shape))
    return replace(source, inputs=tuple(inputs))


def _axes(source: Source, drawer: Drawer, request: Request, layout: Layout) -> Axes:
    free = {port.name: [at for at, size in enumerate(port.shape) if size is None] for port in source.inputs}
    ranks = {port.name: len(port.shape) for port in source.inputs}

    evaluator = Evaluator(source, [], request.seed)

    def runs(sizes: Mapping[Place, int]) -> bool:
        shapes = {
            port.name: tuple(sizes.get((port.name, at), size or 1) for at, size in enumerate(port.shape))
            for port in source.inputs
        }
        return evaluator.takes(drawer.draw(shapes))

    return name_axes(free, ranks, request.shapes, runs, frozenset())


def _inner(source: Source, model: onnx.ModelProto, drawer: Drawer, axes: Axes) -> list[str]:
    names = inner_tensors(source.raw, source.outputs, model)
    if not names:
        return []
    evaluator = Evaluator(source, names, 0)
    if evaluator.fp64_reason is not None:
        return []
    found = evaluator.plain(drawer.draw(Shapes(evaluator, axes).of(axes.base)))
    inferred = onnx.shape_inference.infer_shapes(model)
    return [name for name in names if same_place(name, found[name], inferred)]


def _rename_rows(axes: Axes, evaluator: Evaluator, draws: Sequence[Arrays]) -> None:
    """A first axis is a batch where each row gives alone what it gives beside others."""
    if axes.base.get(BATCH, 0) >= 2 and not all(_rows_apart(axes, evaluator, drawn) for drawn in draws):
        axes.names = {place: ROWS_TOGETHER if at == BATCH else at for place, at in axes.names.items()}
        axes.base[ROWS_TOGETHER] = axes.base.pop(BATCH)


def _rows_apart(axes: Axes, evaluator: Evaluator, drawn: Arrays) -> bool:
    """The first and the last row are asked: a running sum leaves the first as it is."""
    rows = axes.base[BATCH]
    whole = evaluator.single(drawn)
    inputs = {name for name, axis in axes.names if axis == 0}
    for row in (0, rows - 1):
        try:
            alone = evaluator.source.run({name: a[row : row + 1] if name in inputs else a for name, a in drawn.items()})
        except (tf.errors.OpError, ValueError, TypeError):
            alone = {}
        if not all(_is_row(alone.get(name), value, row) for name, value in whole.items() if value.shape[:1] == (rows,)):
            return False
    return True


def _is_row(alone: Array | None, whole: Array, row: int) -> bool:
    """alone: what the row gives by itself, None where nothing."""
    return alone is not None and alone.shape[1:] == whole.shape[1:] and _same_row(alone[:1], whole[row : row + 1])


def _same_row(first: Array, second: Array) -> bool:
    if first.dtype.kind == "O":
        return bool((first == second).all())
    return bool(np.allclose(first, second, 1e-2, 1e-3))


def _in_onnx(names: Mapping[Place, str], layout: Layout) -> dict[Place, str]:
    place = {0: 0, 1: 2, 2: 3, 3: 1}
    return {(name, place[axis] if name in layout.inputs else axis): at for (name, axis), at in names.items()}


def _plan(evaluator: Evaluator, drawer: Drawer, axes: Axes, request: Request, probe: Arrays) -> list[dict[str, int]]:
    """Lengths of the free axes for each drawn case: several of each, as far as the source runs at them."""
    first = next((name for name in (BATCH, ROWS_TOGETHER) if name in axes.base), None)
    base = axes.base.get(first, 0) if first else 0
    outputs = evaluator.single(probe).values()
    is_of_one = any(value.ndim == 0 or (first is not None and value.shape[0] != base) for value in outputs)
    values = sum(prod(array.shape[1:]) for array in probe.values())
    fixed = max((port.shape[0] or 1 for port in evaluator.source.inputs if port.shape), default=1)
    rows = rows_of(values, first is not None, fixed, is_of_one)
    shapes = Shapes(evaluator, axes)
    plan = []
    for number, count in enumerate(rows):
        sizes = {**axes.base, **({first: count} if first else {})}
        moved = {**sizes, **_moved(axes, request, number)}
        if moved != sizes and evaluator.takes(drawer.draw(shapes.of(moved))):
            sizes = moved
        plan.append(sizes)
    far = long_sizes(axes, evaluator.source.inputs, shapes.of, lambda found: evaluator.takes(drawer.draw(found)))
    return [*plan, *far]


def _moved(axes: Axes, request: Request, number: int) -> dict[str, int]:
    found = {}
    for name in axes.base:
        if name in (BATCH, ROWS_TOGETHER):
            continue
        said = request.shapes.get(name)
        turn = TURNS[number % len(TURNS)]
        height, width = PICTURES[turn]
        usual = {"height": height, "width": width}.get(name.rpartition("_")[2], LENGTHS[turn])
        found[name] = said[turn % len(said)] if said else usual
    return found


def _say(recorder: Recorder, job: Job) -> None:
    references, reason = recorder.references, recorder.evaluator.fp64_reason
    for name in recorder.evaluator.inner:
        references.intermediate[name] = "source"
    if reason is not None:
        references.left_out["fp64"] = reason
        job.environment["left_out"] = {"fp64": reason}


def _say_masks(names: list[str], job: Job) -> None:
    if names:
        ranges = ", ".join(f"{name}: [0, 999]" for name in names)
        job.warn(
            f"whole numbers of {', '.join(names)} were drawn as 0 and 1, because the model does not say their range: "
            f"faults beyond it are not seen; say it in conversion.yaml, as tensorflow: {{input_ranges: {{{ranges}}}}}"
        )
