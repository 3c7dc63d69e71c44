"""The arguments of `forward`: what the option `args` says of each, and the sizes that are free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_engine.failure import Failure

Array = NDArray[Any]
DTYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
#: Drawn where nothing is said.
GENERATORS = {"f": "normal", "i": "integers", "u": "integers", "b": "mask"}
#: An axis by its place in a shape, with its name.
Axes = dict[int, str]


@dataclass(frozen=True)
class Argument:
    """One tensor of `forward`, as `args` says it; `values` where it comes from a file."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    generator: str
    seed: int
    #: `low <= value < high` for integers, `low <= value <= high` for uniform.
    low: "float | None" = None
    high: "float | None" = None
    values: "Array | None" = None
    axes: "tuple[tuple[int, str], ...]" = ()
    #: The parameter of forward that is a mapping with this tensor in it, by this name.
    inside: "str | None" = None
    #: The name that forward gives it, where the graph's is another one.
    parameter: "str | None" = None
    #: Values with a meaning of their own, as a padding, and others that the source compares with: of `low` to `high`.
    marks: "tuple[float, ...]" = ()
    bounds: "tuple[float, ...]" = ()

    @property
    def key(self) -> str:
        """Its name for forward."""
        return self.parameter or self.name

    def sized(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape with other lengths of free axes, by their names."""
        named = dict(self.axes)
        return tuple(sizes.get(named.get(axis, ""), size) for axis, size in enumerate(self.shape))


def said_arguments(said: Any, names: Sequence[str]) -> list[Argument]:
    """Of `args` as YAML: a list in the order of `forward`, or a mapping by its names. names: those of `forward`."""
    if isinstance(said, Mapping):
        unknown = [name for name in said if name not in names]
        if names and unknown:
            raise unknown_names("torch.args names", unknown, "arguments of forward", names)
        entries = list(said.items())
    else:
        entries = [(names[at] if at < len(names) else f"input_{at}", entry) for at, entry in enumerate(said)]
    found = []
    for name, entry in entries:
        if "shape" in entry:
            found.append(_argument(name, entry))
        else:
            found += [replace(_argument(key, inner), inside=name) for key, inner in entry.items()]
    return found


def given_arguments(arrays: Mapping[str, Array]) -> list[Argument]:
    """Of tensors that a file or the model itself holds."""
    found = []
    for name, array in arrays.items():
        dtype = array.dtype.name
        if dtype not in DTYPES:
            raise bad_dtype(f"the argument {name}", dtype)
        generator = {"f": "uniform"}.get(array.dtype.kind, GENERATORS[array.dtype.kind])
        low, high = _range(array)
        found.append(Argument(name, tuple(array.shape), dtype, generator, 0, low, high, array))
    return found


def _range(array: Array) -> tuple[float, float]:
    """What is drawn lies where the given values do."""
    if array.size == 0 or array.dtype.kind == "b":
        return 0.0, 1.0
    low, high = float(array.min()), float(array.max())
    return (low, high + 1) if array.dtype.kind in "iu" else (low, high if high > low else low + 1)


def _argument(name: str, entry: Mapping[str, Any]) -> Argument:
    dtype = entry.get("dtype", "float32")
    if dtype not in DTYPES:
        raise bad_dtype(f"torch.args.{name}", dtype)
    kind = np.dtype(dtype).kind
    generator = entry.get("generator", GENERATORS[kind])
    low, high = entry.get("low"), entry.get("high")
    if "value" in entry:
        generator, low = "constant", entry["value"]
    if generator == "uniform" and kind in "iu":
        generator = "integers"
    if generator in ("normal", "uniform") and kind != "f":
        message = f"torch.args.{name} is {dtype}, which the generator {generator} does not make"
        raise Failure("input", "args-generator", message, "Use `integers`, `mask`, or another dtype.")
    if low is not None and high is not None and low >= high:
        message = f"torch.args.{name} has low {low} and high {high}"
        raise Failure("input", "args-range", message, "Write a `high` that is above `low`.")
    return Argument(name, tuple(entry["shape"]), dtype, generator, int(entry.get("seed", 0)), low, high)


def unknown_names(who: str, unknown: Sequence[str], of: str, known: Sequence[str]) -> Failure:
    message = f"{who} {', '.join(unknown)}, but the {of} are {', '.join(known) or 'none'}"
    return Failure("input", "name-unknown", message, f"Use one of: {', '.join(known) or 'none'}.")


def bad_dtype(who: str, dtype: str) -> Failure:
    hint = f"Use one of {', '.join(DTYPES)}; convert in the model's own forward, as `.float()`."
    return Failure("input", "dtype-unsupported", f"{who} is {dtype}, which onnxruntime-node cannot run", hint)
