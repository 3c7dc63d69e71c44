"""Samples of what layers get, as references: of few cases, in little space."""

from dataclasses import dataclass

import numpy as np

from edge_engine.references import References

from .arrays import Arrays
from .layer_inputs import ROWS, LayerSamples

BYTES = 16 << 20
CASES = 3


@dataclass(frozen=True)
class Pair:
    """One case. Both have the same names and shapes."""

    case: str
    single: Arrays
    double: Arrays

    @property
    def bytes(self) -> int:
        return sum(array.nbytes for array in (*self.single.values(), *self.double.values()))


class LayerReferences:
    """Collects the samples of cases, then adds those of the cheapest ones to the references."""

    def __init__(self) -> None:
        self._pairs: list[Pair] = []

    def add(self, case: str, single: Arrays, double: Arrays) -> None:
        """Only what float64 was computed of."""
        names = [name for name in single if name in double and double[name].dtype == np.float64]
        names = [name for name in names if single[name].shape == double[name].shape]
        pair = Pair(case, {name: single[name] for name in names}, {name: double[name] for name in names})
        self._pairs = sorted([*self._pairs, pair], key=lambda each: each.bytes)[:CASES]

    def attach(self, references: References, samples: LayerSamples, names: list[str]) -> None:
        """names: of tensors of the graph."""
        room = BYTES
        for pair in self._pairs:
            room -= pair.bytes
            if room < 0:
                break
            kept = [name for name in names if name in pair.single]
            arrays = {f"layer.fp32/{name}": pair.single[name] for name in kept}
            arrays |= {f"layer.fp64/{name}": pair.double[name] for name in kept}
            if references.attach(pair.case, arrays):
                for name in kept:
                    sampling = samples.samplings[name]
                    references.layers[name] = {
                        "channel_axis": sampling.channel_axis,
                        "rows": ROWS,
                        "steps": list(sampling.steps),
                    }
