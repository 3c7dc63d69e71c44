"""references.safetensors: what the source computes for samples, drawn inputs, and extreme values."""

from typing import Any, Literal

import numpy as np

from edge_engine.failure import Failure
from edge_engine.references import References

from .axes import BATCH, Axes
from .draw import EXTREMES, Drawer, filled
from .evaluate import Evaluator
from .inner import deciding
from .layers import SourceLayers
from .layout import Layout
from .ports import Array, Arrays, in_double

Kind = Literal["real", "random", "extreme"]
#: Rows of drawn cases, for inputs of few and of many values. Two of one size are compared with each other.
ROWS = (16, 9, 16, 3)
FEW_ROWS = (4, 3, 4, 2)
FEW = 1 << 12
SCALES = (1.0, 0.5, 2.0)
#: Rows by which each text of a table is looked up once.
MOST_TEXTS = 512
#: A value in each case has to be enough of them, where no output has rows.
CASES_OF_ONE = 10
#: A side of a picture, not the length of a sequence.
LEAST_SIDE = 32


class Recorder:
    """Adds cases, in the layout of the ONNX."""

    def __init__(self, evaluator: Evaluator, layout: Layout, layers: SourceLayers) -> None:
        self.evaluator, self.layout, self.layers = evaluator, layout, layers
        self.references = References()
        self.shapes: list[tuple[dict[str, int], Arrays]] = []
        self._deciding = {
            port.name: tensor
            for port in evaluator.source.outputs
            if (tensor := deciding(port, evaluator.source.raw)) in evaluator.inner
        }

    def add(self, name: str, kind: Kind, arrays: Arrays, sizes: dict[str, int] | None = None) -> None:
        """arrays: in the source's layout. Extreme cases have no float64."""
        single = self.evaluator.single(arrays)
        given = {key: _to_onnx(array) if key in self.layout.inputs else array for key, array in arrays.items()}
        parts: dict[str, dict[str, Any]] = {"in": given, "fp32": self.layout.to_onnx(single)}
        if kind != "extreme":
            parts["aux"] = {}
            exact = self.evaluator.exact(arrays)
            if exact is None:
                for number, other in enumerate(self.evaluator.others(arrays)):
                    parts["aux"] |= {f"fp32.{number + 1}/{key}": a for key, a in self.layout.to_onnx(other).items()}
            else:
                parts["fp64"] = self.layout.to_onnx(in_double({key: exact[key] for key in single}))
                parts["aux"] |= self._inside(arrays, exact)
                self.layers.add(name, arrays)
        self.references.add(name, kind, parts)
        if sizes is not None:
            self.shapes.append((sizes, parts["fp32"]))

    def probe(self, drawer: Drawer, shapes: "Shapes", base: dict[str, int]) -> None:
        """Shapes of outputs where each free length is one more, and 1: an output's may follow at some lengths only."""
        for name in base:
            for length in (base[name] + 1, 1):
                sizes = {**base, name: length}
                arrays = drawer.draw(shapes.of(sizes))
                if self.evaluator.takes(arrays):
                    self.shapes.append((sizes, self.layout.to_onnx(self.evaluator.fast(arrays))))

    def _inside(self, arrays: Arrays, exact: Arrays) -> dict[str, Array]:
        inner = self.evaluator.inner
        if not inner:
            return {}
        plain = self.evaluator.plain(arrays)
        found = {f"fp32/{name}": plain[name] for name in inner} | {f"fp64/{name}": exact[name] for name in inner}
        for output, tensor in self._deciding.items():
            scores = np.sort(exact[tensor], axis=-1)
            if scores.shape[-1] > 1:
                found[f"{output}.margin"] = scores[..., -1] - scores[..., -2]
                found[f"{output}.noise"] = np.array([np.abs(plain[tensor] - exact[tensor]).max(initial=0)])
        return found


def record(
    recorder: Recorder, drawer: Drawer, axes: Axes, plan: list[dict[str, int]], samples: dict[str, Arrays]
) -> None:
    """plan: lengths of the free axes, by name, for each drawn case. `Failure` where the source refuses a sample."""
    for name, arrays in samples.items():
        recorder.add(name, "real", arrays)
    shapes = Shapes(recorder.evaluator, axes)
    for number, sizes in enumerate(plan):
        draw = drawer.draw_marked if number % 2 else drawer.draw
        drawn = draw(shapes.of(sizes), SCALES[number % len(SCALES)])
        recorder.add(f"random-{number}", "random", drawn, sizes)
    if BATCH in axes.base and (rows := min(MOST_TEXTS, drawer.most_texts(shapes.of(axes.base)))):
        recorder.add("texts", "random", drawer.each_text(shapes.of({**axes.base, BATCH: rows})))
    odd = odd_sides(axes)
    if odd and recorder.evaluator.takes(drawn := drawer.draw(shapes.of(odd))):
        recorder.add("odd", "random", drawn, odd)
    recorder.probe(drawer, shapes, plan[0])
    small = drawer.draw(shapes.of({**axes.base, **({BATCH: 1} if BATCH in axes.base else {})}))
    if any(array.dtype.kind == "f" for array in small.values()):
        for name, value in EXTREMES.items():
            recorder.add(f"extreme-{name}", "extreme", filled(small, value))
    if not recorder.references.kinds:
        hint = "Take smaller lengths in conversion.yaml: validate: {shapes: {height: [64], width: [64]}}"
        raise Failure("input", "references-empty", "one case is larger than all references may be", hint)


def odd_sides(axes: Axes) -> dict[str, int]:
    """The usual lengths, with odd sides of pictures, where strides and pools pad otherwise; empty if none is free."""
    sides = {name for (_, axis), name in axes.names.items() if axis > 0 and axes.base[name] >= LEAST_SIDE}
    return {name: size + (name in sides) for name, size in axes.base.items()} if sides else {}


class Shapes:
    """Shapes of the source's inputs at given lengths."""

    def __init__(self, evaluator: Evaluator, axes: Axes) -> None:
        self._ports, self._axes = evaluator.source.inputs, axes

    def of(self, sizes: dict[str, int]) -> dict[str, tuple[int, ...]]:
        places = self._axes.sizes(sizes)
        return {
            port.name: tuple(places.get((port.name, at), size or 1) for at, size in enumerate(port.shape))
            for port in self._ports
        }


def rows_of(values: int, has_batch: bool, batch: int, is_of_one: bool) -> list[int]:
    """Rows of each drawn case. values: of one row of all inputs. is_of_one: an output has one value in each case."""
    if not has_batch:
        return [batch] * max(len(ROWS), min(CASES_OF_ONE, -(-12 // max(1, batch))))
    rows = ROWS if values <= FEW else FEW_ROWS
    return [rows[at % len(rows)] for at in range(CASES_OF_ONE if is_of_one else len(rows))]


def _to_onnx(array: Array) -> Array:
    return np.ascontiguousarray(array.transpose(0, 3, 1, 2))
