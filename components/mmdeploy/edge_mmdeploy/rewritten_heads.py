"""What the heads of the rewritten model give: it saves the source's float64 where both are the same function."""

import numpy as np

from .arrays import Array, Arrays

#: Those of the smallest inputs: the source's heads are looked at in few cases.
CASES = 3
#: Of one case in float32.
CASE_BYTES = 16 << 20


class RewrittenHeads:
    """float32 and float64 of the heads in the cheapest cases."""

    def __init__(self) -> None:
        self._cases: dict[str, tuple[int, Arrays, Arrays]] = {}

    def add(self, case: str, size: int, single: Arrays, double: Arrays) -> None:
        """size: elements of the case's input."""
        if not double or sum(array.nbytes for array in single.values()) > CASE_BYTES:
            return
        cases = {**self._cases, case: (size, single, double)}
        self._cases = dict(sorted(cases.items(), key=lambda item: (item[1][0], item[0]))[:CASES])

    def double_of_source(self, case: str, source: Arrays) -> Arrays | None:
        """float64 by name, where float32 of the rewritten heads has the very bits of the source's; else None.

        source: float32 of the source's heads. Both models then ran the same operations, also in float64.
        """
        _, single, double = self._cases.get(case, (0, {}, {}))
        known = {name: double[name] for name in source if name in double and _same_bits(source[name], single.get(name))}
        exact = {name: value for name, value in known.items() if value.dtype == np.float64}
        return exact if exact.keys() == source.keys() else None


def _same_bits(one: Array, other: Array | None) -> bool:
    if other is None or (one.dtype, one.shape) != (other.dtype, other.shape):
        return False
    return one.tobytes() == other.tobytes()
