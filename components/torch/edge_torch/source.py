"""The source module, asked for what it computes: in float32, in float64, and in other ways of float32."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from edge_engine.failure import Failure, last_line

from .arguments import DTYPES, Array, bad_dtype
from .call import Call, Named
from .in_double import double_by_default, doubled
from .misfit import misfit_hint
from .plain_branches import forget_compiled, plain_branches

#: What a module may raise where an input does not suit it.
FAILED = (
    RuntimeError,
    ValueError,
    TypeError,
    IndexError,
    AssertionError,
    KeyError,
    NotImplementedError,
    AttributeError,
)
Arrays = Mapping[str, Array]
Results = list[Array]
#: Beyond what the order of sums may change.
STEADY = 1e-5


class Source:
    """`keys`: of the outputs where they are a mapping's, else empty texts."""

    def __init__(self, call: Call, device: str) -> None:
        self.call = call
        self.device = device
        self.keys: list[str] = []
        #: An output loses what lies before it, as the place of the largest score does: layers before it are compared.
        self.hides = False
        self._wide: Any = None
        #: Why there is no float64; None while there is.
        self.fp64_problem: str | None = None
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False

    def single(self, arrays: Arrays) -> Results:
        """In float32, as the module is."""
        return self.single_of(self.call.module, arrays)

    def single_of(self, module: Any, arrays: Arrays) -> Results:
        """The same of a copy."""
        return self._results(module, arrays, wide=False)

    def exact(self, arrays: Arrays) -> "Results | None":
        """In float64; None, with the reason in `fp64_problem`, where the module cannot."""
        wide = self.wide()
        if wide is None:
            return None
        try:
            with double_by_default():
                results = self._results(wide, arrays, wide=True)
        except Exception as error:  # whatever foreign code raises in another precision
            forget_compiled()
            self.fp64_problem = f"the source cannot be computed in float64: {last_line(error)[:200]}"
            return None
        narrow = [at for at, array in enumerate(results) if array.dtype in (np.float32, np.float16)]
        if narrow:
            self.fp64_problem = f"the source gives output {narrow[0]} in {results[narrow[0]].dtype} always"
            return None
        return results

    def wide(self) -> Any:
        """The copy that computes in float64; None where there is none."""
        if self.fp64_problem is None and self._wide is None:
            try:
                self._wide = doubled(self.call.module)
            except Exception as error:  # whatever a copy raises
                self.fp64_problem = f"the source cannot be copied for float64: {last_line(error)[:200]}"
        return self._wide if self.fp64_problem is None else None

    def variants(self, arrays: Arrays, seed: int) -> list[Results]:
        """float32 in four other ways: without oneDNN, on one thread, and of inputs that are 1 ulp away, twice."""
        with torch.backends.mkldnn.flags(enabled=False):
            plain = self.single(arrays)
        with one_thread():
            slow = self.single(arrays)
        return [plain, slow, *(self.single(_nudged(arrays, seed + at)) for at in (0, 1))]

    def probe(self, arrays: Arrays) -> Results:
        """The answer. `Failure` where it refuses its arguments, answers differently each time, or changes its state."""
        before = _state_of(self.call.module)
        self.keys = []
        try:
            first = self._named(self.call.module, arrays, wide=False)
        except FAILED as error:
            shapes = ", ".join(f"{name} {array.dtype}{list(array.shape)}" for name, array in arrays.items())
            message = f"the module refuses its arguments ({shapes}): {last_line(error)[:300]}"
            raise Failure("input", "args-do-not-fit", message, misfit_hint(error, self.call.module)) from error
        self._check_outputs(first)
        self.hides = any(not tensor.is_floating_point() for _, tensor in first)
        self.keys = [key for key, _ in first]
        answer, again = [_array(tensor) for _, tensor in first], self.single(arrays)
        changed = [name for name, value in _state_of(self.call.module).items() if before.get(name) != value]
        if changed:
            raise keeps_state(f"forward changes the module's own state: {', '.join(changed[:5])}")
        if differ(answer, again):
            message = "the module gives another answer for the same input"
            hint = (
                "Take out random numbers and dropout of eval() too: F.dropout needs training=self.training. "
                "Or, where forward keeps something between two calls: return it, and take it as an argument."
            )
            raise Failure("input", "source-random", message, hint)
        return answer

    def _check_outputs(self, outputs: Sequence[Named]) -> None:
        if not outputs:
            raise Failure("input", "output-not-a-tensor", "the module gives no tensor", "Return one.")
        for at, (key, tensor) in enumerate(outputs):
            kind = "sparse" if tensor.layout != torch.strided else str(tensor.dtype)[6:]
            if kind == "sparse" or kind not in DTYPES:
                raise bad_dtype(f"output {key or at} of the module", kind)

    def _named(self, module: Any, arrays: Arrays, wide: bool) -> list[Named]:
        tensors = [torch.from_numpy(np.array(arrays[argument.name])) for argument in self.call.arguments]
        if wide:
            tensors = [tensor.double() if tensor.is_floating_point() else tensor for tensor in tensors]
        device = torch.device(self.device)
        with torch.no_grad(), plain_branches():
            named = self.call.of(module.to(device) if device.type != "cpu" else module, [t.to(device) for t in tensors])
        if self.keys and [key for key, _ in named] != self.keys:
            raise _other_outputs(self.keys, [key for key, _ in named], arrays)
        return named

    def _results(self, module: Any, arrays: Arrays, wide: bool) -> Results:
        return [_array(tensor) for _, tensor in self._named(module, arrays, wide)]


@contextmanager
def one_thread() -> Any:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _array(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().cpu().numpy())


def keeps_state(message: str) -> Failure:
    hint = "Keep no state between two calls, in buffers or in attributes: return it, and take it as an argument."
    return Failure("input", "source-keeps-state", message, hint)


def _other_outputs(known: Sequence[str], found: Sequence[str], arrays: Arrays) -> Failure:
    def said(keys: Sequence[str]) -> str:
        return ", ".join(keys) if all(keys) else f"{len(keys)} tensor{'s' * (len(keys) != 1)}"

    shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in arrays.items())
    message = f"the module gives {said(known)} for what it is exported with, and {said(found)} for {shapes}"
    hint = "A graph has the same outputs for each input: return all of them always, or leave that axis fixed."
    return Failure("input", "outputs-vary", message, hint)


def differ(first: Results, second: Results) -> bool:
    """Beyond what the order of sums may change."""
    return any(_differ(array, other) for array, other in zip(first, second))


def _differ(first: Array, second: Array) -> bool:
    if first.shape != second.shape or first.dtype.kind != "f":
        return not np.array_equal(first, second)
    size = float(np.nanmax(np.abs(first), initial=0.0, where=np.isfinite(first)))
    return not np.allclose(first, second, rtol=STEADY, atol=STEADY * size, equal_nan=True)


def _state_of(module: Any) -> dict[str, bytes]:
    # Weights do not change without a gradient; buffers may be written to.
    return {name: value.detach().cpu().numpy().tobytes() for name, value in module.named_buffers()}


def _nudged(arrays: Arrays, seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    return {name: _moved(array, rng) if array.dtype.kind == "f" else array for name, array in arrays.items()}


def _moved(array: Array, rng: np.random.Generator) -> Array:
    towards = np.where(rng.random(array.shape) < 0.5, -np.inf, np.inf).astype(array.dtype)
    return np.where(array == 0, array, np.nextafter(array, towards)).astype(array.dtype)
