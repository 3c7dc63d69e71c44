"""References: what the source framework computes, by case, within a byte budget."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from .safetensors import write_safetensors
from .texts import Texts, is_text

CaseKind = Literal["real", "random", "extreme", "shape"]
CASE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
TOTAL_BYTES = 512 << 20
CASE_BYTES = 256 << 20


class References:
    """Collects `<case>/in|fp32|fp64|aux/<name>` tensors; tensor names may hold `/`, case names may not."""

    def __init__(self, total_bytes: int = TOTAL_BYTES, case_bytes: int = CASE_BYTES) -> None:
        self.bytes = 0
        self.kinds: dict[str, CaseKind] = {}
        #: Tensors inside the graph that have reference values (`aux/fp32/<tensor>`), and who computed them.
        self.intermediate: dict[str, str] = {}
        #: What layers get (`aux/layer.fp32/<tensor>`, `aux/layer.fp64/<tensor>`), and which values of it are kept.
        self.layers: dict[str, dict[str, Any]] = {}
        #: Functions of one number, by what they give in the graph (`aux/function.in/<tensor>` and so on).
        self.functions: dict[str, dict[str, Any]] = {}
        #: Names in the source of what the graph stores (`aux/weight.rows/<name>`, `aux/weight.columns/<name>`).
        self.weights: dict[str, str] = {}
        #: Part or tensor that a check could have used, and why there is none.
        self.left_out: dict[str, str] = {}
        #: The sample's file by the case that was made of it, for people.
        self.files: dict[str, str] = {}
        self._tensors: dict[str, Any] = {}
        self._total_bytes = total_bytes
        self._case_bytes = case_bytes

    def add(self, case: str, kind: CaseKind, parts: Mapping[str, Mapping[str, Any]]) -> bool:
        """parts: `in`, `fp32`, `fp64`, `aux`, each name to array. False where the budget has no room for the case."""
        if not CASE_NAME.fullmatch(case) or case in self.kinds:
            raise ValueError(f"case name {case!r} is not allowed or already used")
        tensors = {f"{part}/{name}": stored(array) for part, arrays in parts.items() for name, array in arrays.items()}
        size = sum(array.nbytes for array in tensors.values())
        if size > self._case_bytes or self.bytes + size > self._total_bytes:
            return False
        self.bytes += size
        self.kinds[case] = kind
        self._tensors.update({f"{case}/{name}": array for name, array in tensors.items()})
        return True

    def name_samples(self, samples: Sequence[Path]) -> None:
        """For an engine whose case `sample-<n>` is made of the nth sample."""
        self.files |= {f"sample-{number}": path.name for number, path in enumerate(samples)}

    @property
    def first_case(self) -> "str | None":
        """That what belongs to no case, as weights, is kept with."""
        return next(iter(self.kinds), None)

    @property
    def room(self) -> int:
        """Bytes that are left."""
        return self._total_bytes - self.bytes

    def attach(self, case: str, aux: Mapping[str, Any]) -> bool:
        """More auxiliary arrays of a case that is kept already. False where the budget has no room for them."""
        size = sum(array.nbytes for array in aux.values())
        if case not in self.kinds or size > self.room:
            return False
        self.bytes += size
        self._tensors.update({f"{case}/aux/{name}": array for name, array in aux.items()})
        return True

    def has(self, case: str, part: str, name: str) -> bool:
        return f"{case}/{part}/{name}" in self._tensors

    def array(self, case: str, part: str, name: str) -> Any:
        return self._tensors[f"{case}/{part}/{name}"]

    def arrays(self, part: str, name: str) -> list[Any]:
        """The arrays of one tensor over all cases, in the order of the cases."""
        keys = [f"{case}/{part}/{name}" for case in self.kinds]
        return [self._tensors[key] for key in keys if key in self._tensors]

    def constant_sizes(self, name: str, free: set[int]) -> dict[int, int]:
        """Axes of an output, other than the free ones, that have one size in all cases."""
        shapes = [array.shape for array in self.arrays("fp32", name)]
        axes = range(min((len(shape) for shape in shapes), default=0))
        return {
            axis: shapes[0][axis] for axis in axes if axis not in free and len({shape[axis] for shape in shapes}) == 1
        }

    def write(self, path: Path) -> None:
        metadata: dict[str, str] = {f"{case}/kind": kind for case, kind in self.kinds.items()}
        metadata |= {f"inner/{name}": origin for name, origin in self.intermediate.items()}
        metadata |= {f"layer/{name}": json.dumps(sampling) for name, sampling in self.layers.items()}
        metadata |= {f"function/{name}": json.dumps(described) for name, described in self.functions.items()}
        metadata |= {f"weight/{name}": source for name, source in self.weights.items()}
        metadata |= {f"left-out/{name}": reason for name, reason in self.left_out.items()}
        metadata |= {f"file/{case}": file for case, file in self.files.items() if case in self.kinds}
        metadata |= {f"text/{name}": "utf8" for name, array in self._tensors.items() if isinstance(array, Texts)}
        write_safetensors(path, self._tensors, {"format": "references", "version": "1", **metadata})


def stored(array: Any) -> Any:
    """The array as the file holds it."""
    return Texts(array.shape, array.ravel().tolist()) if is_text(array) else array
