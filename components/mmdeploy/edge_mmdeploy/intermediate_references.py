"""Reference values of tensors inside the graph: enough of them to prove something, in little space."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from edge_engine.references import References

from .arrays import Array

#: Computed by the source model as it is, or by MMDeploy's rewriting of it.
Origin = Literal["source", "rewritten"]
INTERMEDIATE_BYTES = 192 << 20
CASES, ROWS = 3, 8
#: Of a dense tensor, in each channel, as many as validation asks for: a small level of a pyramid has few a picture.
DENSE_CASES, VALUES = 2, 8


@dataclass(frozen=True)
class Pair:
    case: str
    single: Array
    double: Array

    @property
    def bytes(self) -> int:
        return self.single.nbytes + self.double.nbytes


class IntermediateReferences:
    """Collects pairs of float32 and float64 values, then adds to the references what there is room for."""

    def __init__(self) -> None:
        self._pairs: dict[str, list[Pair]] = {}
        self._origins: dict[str, Origin] = {}

    def add(self, case: str, name: str, origin: Origin, single: Array, double: Array) -> None:
        if single.dtype == np.float32 and double.dtype == np.float64 and single.shape == double.shape:
            self._pairs.setdefault(name, []).append(Pair(case, single, double))
            self._origins[name] = origin

    def attach(self, references: References, names: list[str], most: int = INTERMEDIATE_BYTES) -> dict[str, str]:
        """Small tensors and small cases first. Returns why a tensor has no reference values."""
        room = min(most, references.room)
        left_out = {
            name: "the source model gives no float64 values for it" for name in names if name not in self._pairs
        }
        wanted = {name: sorted(self._pairs[name], key=lambda pair: pair.bytes) for name in names if name in self._pairs}
        for name, pairs in sorted(wanted.items(), key=lambda item: (item[1][0].bytes, item[0])):
            pairs = [pair for pair in pairs if pair.case in references.kinds]
            kept = _affordable(pairs, room, every=self._origins[name] == "rewritten")
            if not enough([pair.single for pair in kept]):
                left_out[name] = "too few of its values fit into the references"
                continue
            room -= sum(pair.bytes for pair in kept)
            references.intermediate[name] = self._origins[name]
            for pair in kept:
                references.attach(pair.case, {f"fp32/{name}": pair.single, f"fp64/{name}": pair.double})
        return left_out


def enough(arrays: list[Array]) -> bool:
    """What the rule of parity asks for: rows where a row is one value a channel, else cases and values."""
    if any(array.ndim <= 2 for array in arrays):
        return len(arrays) >= CASES and sum(len(array) for array in arrays) >= ROWS
    return len(arrays) >= DENSE_CASES


def plenty(arrays: list[Array]) -> bool:
    """More cases would cost time and prove little."""
    if not enough(arrays):
        return False
    return arrays[0].ndim <= 2 or sum(array.size // array.shape[channel_axis(array)] for array in arrays) >= VALUES


def channel_axis(array: Array) -> int:
    return 1 if array.ndim >= 4 else array.ndim - 1


def cheapest_first(references: References, input_name: str) -> list[str]:
    """Cases that are pictures, in the order of their cost; a plain one last, since it shows little."""
    sizes = {case: references.array(case, "in", input_name).size for case in references.kinds}
    usual = [case for case, kind in references.kinds.items() if kind in ("real", "random")]
    return sorted(usual, key=lambda case: (case == "flat", sizes[case], case))


def _affordable(pairs: list[Pair], room: int, every: bool) -> list[Pair]:
    """every: also more than is evidence, since what reaches the suppression explains the boxes of its own case."""
    kept: list[Pair] = []
    for pair in pairs:
        room -= pair.bytes
        if room < 0 or (not every and plenty([each.single for each in kept])):
            break
        kept.append(pair)
    return kept
