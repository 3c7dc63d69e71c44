"""Seeded pictures: noise, and smooth ones with edges, on which trained networks see something."""

import numpy as np

from .arrays import Array


def noise_picture(rng: np.random.Generator, height: int, width: int, channels: int = 3) -> Array:
    """float32 [channels, h, w] in 0..255."""
    return rng.uniform(0, 255, (channels, height, width)).astype(np.float32)


def smooth_picture(rng: np.random.Generator, height: int, width: int, channels: int = 3) -> Array:
    """float32 [channels, h, w] in 0..255: a soft background with some plain rectangles and discs on it."""
    picture = _upsampled(rng.uniform(60, 200, (channels, 5, 6)), height, width)
    rows, columns = np.mgrid[0:height, 0:width]
    for index in range(6):
        size = rng.uniform(0.06, 0.2) * min(height, width)
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        dy, dx = np.abs(rows - y), np.abs(columns - x)
        inside = dy * dy + dx * dx < size * size if index % 2 else np.maximum(dy, dx) < size
        picture[:, inside] = rng.uniform(0, 255, (channels, 1))
    return picture.astype(np.float32)


def _upsampled(small: Array, height: int, width: int) -> Array:
    """Linear, axis by axis: the same on every machine."""
    rows = np.linspace(0, small.shape[1] - 1, height)
    columns = np.linspace(0, small.shape[2] - 1, width)
    return _lerp(_lerp(small, rows, 1), columns, 2)


def _lerp(values: Array, positions: Array, axis: int) -> Array:
    low = np.minimum(positions.astype(int), values.shape[axis] - 2)
    weight = (positions - low).reshape([-1 if each == axis else 1 for each in range(3)])
    mixed: Array = values.take(low, axis) * (1 - weight) + values.take(low + 1, axis) * weight
    return mixed
