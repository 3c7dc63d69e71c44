"""Wrong numbers in the file."""

import numpy as np

import onnx

from .editing import PLACES, nodes_of, reweigh, weighted
from .registry import Edit, NotApplicable, wrong


def _weights(place: str, change) -> Edit:  # noqa: ANN001
    return lambda model: reweigh(model, weighted(model, place).input[1], change)


def _bias(place: str, change) -> Edit:  # noqa: ANN001
    def edit(model: onnx.ModelProto) -> None:
        node = weighted(model, place)
        if len(node.input) < 3:
            raise NotApplicable("no bias")
        reweigh(model, node.input[2], change)

    return edit


def _one(change):  # noqa: ANN001, ANN202
    """Changes the weight that is largest: one that a network may not even feel proves nothing."""

    def apply(values: np.ndarray) -> np.ndarray:
        at = np.unravel_index(np.abs(values).argmax(), values.shape)
        values[at] = change(values[at])
        return values

    return apply


def _bfloat16(values: np.ndarray) -> np.ndarray:
    return (values.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def _int8(values: np.ndarray) -> np.ndarray:
    step = np.abs(values).max() / 127
    return np.round(values / step) * step


def _swapped(axis: int):  # noqa: ANN202
    def apply(values: np.ndarray) -> np.ndarray:
        if values.ndim <= axis or values.shape[axis] < 2:
            raise NotApplicable("one channel only")
        return np.flip(values, axis)

    return apply


for place in PLACES:
    wrong(f"a flipped bit in the exponent of a weight, {place} layer")(_weights(place, _one(lambda value: value * 2)))
    wrong(f"a weight with the other sign, {place} layer")(_weights(place, _one(lambda value: -value)))
    wrong(f"weights that are 0.1 % off, {place} layer")(_weights(place, lambda values: values * 1.001))
    wrong(f"output channels in reverse, {place} layer")(_weights(place, _swapped(0)))
    wrong(f"input channels in reverse, {place} layer")(_weights(place, _swapped(1)))
    wrong(f"weights in half precision, {place} layer")(_weights(place, lambda values: values.astype(np.float16)))
    wrong(f"weights in bfloat16, {place} layer")(_weights(place, _bfloat16))
    wrong(f"weights in 8 bits, {place} layer")(_weights(place, _int8))
    wrong(f"a filter of zeros, {place} layer")(
        _weights(place, lambda values: np.concatenate([values[:1] * 0, values[1:]]))
    )
    wrong(f"a scaled bias, {place} layer")(_bias(place, lambda values: values * 1.01))
    wrong(f"a bias of zeros, {place} layer")(_bias(place, lambda values: values * 0))
    wrong(f"classes or channels off by one in a bias, {place} layer")(_bias(place, lambda values: np.roll(values, 1)))

wrong("a NaN weight")(_weights("middle", _one(lambda _: np.nan)))
wrong("an infinite weight")(_weights("middle", _one(lambda _: np.inf)))


@wrong("transposed kernels")
def transposed_kernels(model: onnx.ModelProto) -> None:
    node = next((each for each in nodes_of(model, "Conv") if _kernel(each) > 1), None)
    if node is None:
        raise NotApplicable("no kernels")
    reweigh(model, node.input[1], lambda values: values.swapaxes(-1, -2))


@wrong("kernels in reverse")
def flipped_kernels(model: onnx.ModelProto) -> None:
    node = next(each for each in nodes_of(model, "Conv") if _kernel(each) > 1)
    reweigh(model, node.input[1], lambda values: values[..., ::-1, ::-1])


@wrong("batch norm folded with another epsilon")
def other_epsilon(model: onnx.ModelProto) -> None:
    variance = np.linspace(0.05, 1, 4096)

    def rescale(values: np.ndarray) -> np.ndarray:
        factor = np.sqrt((variance[: len(values)] + 1e-5) / (variance[: len(values)] + 1e-3))
        return values * factor.reshape(-1, *[1] * (values.ndim - 1))

    reweigh(model, weighted(model, "first").input[1], rescale)


def _kernel(node: onnx.NodeProto) -> int:
    return max((max(each.ints, default=1) for each in node.attribute if each.name == "kernel_shape"), default=1)
