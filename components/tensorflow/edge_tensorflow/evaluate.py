"""What the source computes: itself in float32, its graph in float64, and in other ways where there is no float64."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from edge_engine.failure import Failure, last_line

from .ports import Array, Arrays, in_double
from .source import GraphRunner, Source, guarded
from .widen import NoDoubleError, has_half, widened

#: float32 in other ways, where float64 is impossible: so many are needed.
WAYS = 4
#: Relative to the largest value: more than rounding, less than another model.
SAME = 1e-3


class Evaluator:
    """fp64_reason: why there is no float64; None where there is."""

    def __init__(self, source: Source, inner: Sequence[str], seed: int) -> None:
        """inner: tensors inside the graph that are wanted as well."""
        self.source, self.inner = source, list(inner)
        self.single = guarded(source.run)
        self._rng = np.random.default_rng(seed)
        self.fp64_reason: str | None = None
        self._tensors = [*dict.fromkeys([*(port.tensor for port in source.outputs), *inner])]
        self._plain = self._wide = None
        #: What the graph rounds to, if only in parts.
        self._digits = np.float16 if source.raw is not None and has_half(source.raw) else None
        if source.raw is None:
            self.fp64_reason = (
                "TFLite computes in no other type than the file's" if source.file else "the graph holds tables"
            )
            return
        try:
            self._plain = GraphRunner(source.raw, source.inputs, self._tensors)
            self._wide = GraphRunner(widened(source.raw), source.inputs, self._tensors)
        except NoDoubleError as error:
            self.fp64_reason = str(error)
        except (ValueError, TypeError, tf.errors.OpError) as error:
            self.fp64_reason = f"an operator has no double: {last_line(error)[:200]}"

    def exact(self, arrays: Arrays) -> Arrays | None:
        """By the names of outputs and inner tensors. None, and a reason, where the graph has no float64."""
        if self._wide is None:
            return None
        try:
            return self._named(self._wide.run(in_double(arrays)))
        except tf.errors.OpError as error:
            self._wide = None
            self.fp64_reason = f"an operator has no double: {last_line(error)[:200]}"
            return None

    @property
    def graphs(self) -> tuple[GraphRunner, GraphRunner] | None:
        """In float32 and in float64; None where there is no float64."""
        return (self._plain, self._wide) if self._plain is not None and self._wide is not None else None

    def takes(self, arrays: Arrays) -> bool:
        """Whether the source runs with inputs of such shapes; by its graph, which is faster than Keras itself."""
        try:
            if self._plain is None:
                self.source.run(arrays)
            else:
                self._plain.run(arrays)
        except (tf.errors.OpError, ValueError, TypeError):
            return False
        return True

    def fast(self, arrays: Arrays) -> Arrays:
        """The outputs alone, by the graph where there is one."""
        return self.single(arrays) if self._plain is None else self._outputs(self._plain.run(arrays))

    def plain(self, arrays: Arrays) -> Arrays:
        """Of the graph in float32: for tensors inside of it."""
        return {} if self._plain is None else self._named(self._plain.run(arrays))

    def others(self, arrays: Arrays) -> list[Arrays]:
        """In `WAYS` other ways: other kernels, and inputs that are 1 ulp away, of float16 where the graph has it."""
        found = [guarded(run)(arrays) for run in self.source.others]
        while len(found) < WAYS:
            near = {name: self._nudged(array) for name, array in arrays.items()}
            found.append(self.fast(near))
        return found

    def check(self, arrays: Arrays) -> None:
        """`Failure` where the graph that is exported is not what the model computes."""
        if self._plain is None:
            return
        single, plain = self.single(arrays), self.plain(arrays)
        for name, value in single.items():
            if not _close(value, plain[name]):
                message = f"{name} of the traced graph is not what the model computes"
                hint = (
                    "The model may draw random numbers, hold state, or not be traceable with free axes: export it in "
                    "inference mode, or fix its lengths by `tensorflow: {input_signature: [{shape: [null, 16]}]}`"
                )
                raise Failure("input", "not-traceable", message, hint)

    def _named(self, found: Arrays) -> Arrays:
        return {**self._outputs(found), **{name: found[name] for name in self.inner}}

    def _outputs(self, found: Arrays) -> Arrays:
        return {port.name: found[port.tensor] for port in self.source.outputs}

    def _nudged(self, array: Array) -> Array:
        if array.dtype.kind != "f":
            return array
        near = array.astype(self._digits or array.dtype)
        to = np.where(self._rng.random(array.shape) < 0.5, -np.inf, np.inf).astype(near.dtype)
        return np.where(array == 0, array, np.nextafter(near, to).astype(array.dtype))


def _close(first: Array, second: Array) -> bool:
    if first.shape != second.shape:
        return False
    if first.dtype.kind == "O":
        return bool((first == second).all())
    one, two = first.astype(np.float64), second.astype(np.float64)
    both = np.isfinite(one) & np.isfinite(two)
    limit = SAME * np.abs(one[both]).max(initial=1e-30)
    return bool((np.abs(one - two)[both] <= limit).mean() >= 0.99 if both.any() else True)
