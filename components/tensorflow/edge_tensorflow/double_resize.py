"""ResizeBilinear in float64: TensorFlow's own kernel gives float32 whatever it is given."""

from functools import cache
from typing import Any

import tensorflow as tf

DOUBLE = tf.float64


@cache
def bilinear(align_corners: bool, half_pixel_centers: bool) -> Any:
    """A FunctionDef that takes a map in float64, channels last, and a height and a width."""

    def resized(image: Any, size: Any) -> Any:
        shape = tf.shape(image)
        down, across = (_weights(shape[at + 1], size[at], align_corners, half_pixel_centers) for at in (0, 1))
        rows = tf.einsum("oh,bhwc->bowc", down, image)
        return tf.einsum("pw,bowc->bopc", across, rows)

    signature = [tf.TensorSpec((None, None, None, None), DOUBLE), tf.TensorSpec((2,), tf.int32)]
    return tf.function(resized, input_signature=signature).get_concrete_function().function_def


def _weights(length: Any, size: Any, align_corners: bool, half_pixel_centers: bool) -> Any:
    """Of each place of the result, the weight of each place of the source: a triangle around where it lies there."""
    length, size = tf.cast(length, DOUBLE), tf.cast(size, DOUBLE)
    places = tf.range(size, dtype=DOUBLE)
    if align_corners:
        at = places * tf.where(size > 1, (length - 1) / tf.maximum(size - 1, 1), length / size)
    elif half_pixel_centers:
        at = (places + 0.5) * (length / size) - 0.5
    else:
        at = places * (length / size)
    at = tf.clip_by_value(at, 0, length - 1)
    return tf.maximum(tf.cast(0, DOUBLE), 1 - tf.abs(at[:, None] - tf.range(length, dtype=DOUBLE)[None, :]))
