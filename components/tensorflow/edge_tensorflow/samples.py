"""Samples: arrays that the model really meets, batch first."""

from pathlib import Path

import numpy as np

from edge_engine.failure import Failure, last_line
from edge_engine.request import Request

from .ports import TEXT, Array, Arrays, Port

MOST_ROWS = 16


def read_samples(request: Request, ports: tuple[Port, ...]) -> dict[str, Arrays]:
    """By the names of inputs, for each file. `Failure` where a file lacks an input, or has another shape or type."""
    return {f"sample-{number}": _read(path, ports) for number, path in enumerate(request.samples)}


def _read(path: Path, ports: tuple[Port, ...]) -> Arrays:
    try:
        found = np.load(path, allow_pickle=False)
        arrays = {ports[0].name: found} if isinstance(found, np.ndarray) else {name: found[name] for name in found}
    except (ValueError, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        hint = "A sample is a .npz with an array for each input, or a .npy for a model of one input; no pickles."
        raise Failure("input", "sample-unreadable", f"{path.name} cannot be read: {last_line(error)}", hint) from error
    missing = [port.name for port in ports if port.name not in arrays]
    if missing:
        hint = f"It needs {', '.join(port.name for port in ports)}; it has {', '.join(arrays)}."
        raise Failure("input", "sample-inputs", f"{path.name} has no {', '.join(missing)}", hint)
    return {port.name: _fitting(arrays[port.name], port, path.name) for port in ports}


def _fitting(array: Array, port: Port, file: str) -> Array:
    fits = array.ndim == len(port.shape) and all(
        wanted is None or at == 0 or wanted == size for at, (size, wanted) in enumerate(zip(array.shape, port.shape))
    )
    kind = "O" if port.dtype == TEXT else np.dtype(port.dtype).kind
    if not fits or array.dtype.kind not in {"f": "fiu", "i": "iu", "u": "iu", "b": "b", "O": "U"}[kind]:
        wanted = ", ".join("any" if size is None else str(size) for size in port.shape)
        message = f"{file}: {port.name} is {array.dtype} {list(array.shape)}, the model takes {port.dtype} [{wanted}]"
        raise Failure("input", "sample-type", message, "Write the array as the model takes it, with the batch first.")
    rows = port.shape[0] if port.shape and port.shape[0] is not None else MOST_ROWS
    dtype = object if port.dtype == TEXT else port.dtype
    return np.ascontiguousarray(array[:rows].astype(dtype) if array.ndim else array.astype(dtype))
