"""The test pipeline in the contract's vocabulary: how a device makes the input tensor from a picture."""

from typing import Any

import numpy as np
import torch

Step = dict[str, Any]
SHARED = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic"}
INTERPOLATION = {
    "cv2": {**SHARED, "area": "area", "lanczos": "lanczos4"},
    "pillow": {**SHARED, "box": "box", "hamming": "hamming", "lanczos": "lanczos"},
}
GREY = "gray8"
#: As mmcv decodes a picture to 8 bits of known channels.
COLOR_TYPES = ("color", "color_ignore_orientation", "grayscale", "grayscale_ignore_orientation")
#: What mmengine, mmseg and mmpretrain call the exchange of red and blue.
TURNS = ("_channel_conversion", "channel_conversion", "to_rgb")
SILENT = ("LoadAnnotations", "PackInputs", "PackDetInputs", "PackSegInputs", "PackClsInputs", "LoadEmptyAnnotations")


def preprocess_steps(config: Any, input_shape: Any, model: torch.nn.Module) -> list[Step]:
    """In order; sizes are [width, height]. A step that the vocabulary cannot say is `{"opaque": NAME}`."""
    steps = [step for transform in config.test_pipeline for step in _steps(dict(transform), input_shape)]
    if not any("decode" in step for step in steps[:1]):
        steps.insert(0, _decode({}))
    preprocessor = getattr(model, "data_preprocessor", None)
    grey = steps[0].get("decode") == GREY
    return [*steps, _normalize(preprocessor, grey), *_batch_padding(preprocessor)]


def turns_round(preprocessor: Any) -> bool:
    """Whether the first channel of the tensor is red: pictures are read as BGR, and each exchange is the same."""
    return any(bool(getattr(preprocessor, name, False)) for name in TURNS)


def opaque_steps(steps: list[Step]) -> list[str]:
    return [step["opaque"] for step in steps if "opaque" in step]


def plain_value(value: Any) -> Any:
    """One number where all channels have the same."""
    if isinstance(value, dict):
        value = value.get("img", 0)
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    return values[0] if len(set(values)) == 1 else values


def _steps(transform: Step, input_shape: Any) -> list[Step]:
    kind = transform["type"]
    name = (kind if isinstance(kind, str) else kind.__name__).rpartition(".")[2]
    if name in SILENT:
        return []
    if name == "LoadImageFromFile" and transform.get("color_type", "color") in COLOR_TYPES:
        return [_decode(transform)]
    if name == "Resize" and transform.get("scale") is not None:
        return _resize(transform, input_shape)
    if name == "ResizeEdge" and transform.get("edge", "short") in ("short", "long"):
        said = {"resize": f"{transform.get('edge', 'short')}_edge", "to": transform["scale"]}
        return _interpolated(said, transform)
    if name == "CenterCrop" and not transform.get("auto_pad"):
        return [{"center_crop": plain_value(transform["crop_size"])}]
    if name == "Pad" and transform.get("padding_mode", "constant") == "constant":
        return _pad(transform, input_shape)
    return [{"opaque": name}]


def _decode(transform: Step) -> Step:
    kind = transform.get("color_type", "color")
    decoded = GREY if kind.startswith("grayscale") else "bgr8"
    said: Step = {"decode": decoded, "exif_rotate": not kind.endswith("_ignore_orientation")}
    if transform.get("imdecode_backend", "cv2") != "cv2":
        said["backend"] = transform["imdecode_backend"]
    # Resizing then leaves fractions of a grey level.
    return {**said, "to": "f32"} if transform.get("to_float32") else said


def _resize(transform: Step, input_shape: Any) -> list[Step]:
    """MMDeploy stretches to an input_shape that is given, except for classifiers, which have no such option."""
    scale = transform["scale"]
    size = [scale, scale] if isinstance(scale, int) else list(scale)
    keep = bool(transform.get("keep_ratio", False))
    if input_shape:
        size, keep = list(input_shape), False
    return _interpolated({"resize": "keep_ratio" if keep else "stretch", "to": size}, transform)


def _pad(transform: Step, input_shape: Any) -> list[Step]:
    value = plain_value(transform.get("pad_val", 0))
    if transform.get("size") is not None:
        size = list(input_shape or transform["size"])
        return [{"pad": "bottom_right", "to": size, "value": value}]
    steps: list[Step] = []
    if transform.get("pad_to_square"):
        steps.append({"pad": "bottom_right", "to": "square", "value": value})
    if transform.get("size_divisor"):
        steps.append({"pad": "bottom_right", "divisor": transform["size_divisor"], "value": value})
    return steps


def _interpolated(said: Step, transform: Step) -> list[Step]:
    backend = "pillow" if transform.get("backend") == "pillow" else "cv2"
    name = INTERPOLATION[backend].get(transform.get("interpolation", "bilinear"))
    if name is None:
        return [{"opaque": f"{said['resize']} by {backend}.{transform['interpolation']}"}]
    # Pillow widens the filter when it shrinks a picture; OpenCV does not.
    return [{**said, "interp": f"{backend}.{name}", "antialias": backend == "pillow"}]


def _normalize(preprocessor: Any, grey: bool) -> Step:
    """A grey picture has no order of channels, and one mean."""
    channels = 1 if grey else 3
    order = {} if grey else {"order": "rgb" if turns_round(preprocessor) else "bgr"}
    said: Step = {**order, "range": "0..255", "mean": [0.0] * channels, "std": [1.0] * channels}
    for part in ("mean", "std"):
        values: Any = getattr(preprocessor, part, None)
        if torch.is_tensor(values):
            # The shortest number that is this float32.
            numbers = [float(str(np.float32(value))) for value in values.flatten().tolist()]
            said[part] = numbers * channels if len(numbers) == 1 else numbers
    return {"normalize": said}


def _batch_padding(preprocessor: Any) -> list[Step]:
    """After normalising: the value is one of the tensor."""
    divisor = getattr(preprocessor, "pad_size_divisor", 1)
    if isinstance(divisor, int) and divisor > 1:
        return [{"pad": "bottom_right", "divisor": divisor, "value": plain_value(preprocessor.pad_value)}]
    # mmseg pads a test picture only where it is told to; its sizes are (height, width).
    tested = getattr(preprocessor, "test_cfg", None) or {}
    value = plain_value(getattr(preprocessor, "pad_val", 0))
    if tested.get("size"):
        return [{"pad": "bottom_right", "to": list(tested["size"])[::-1], "value": value}]
    if tested.get("size_divisor"):
        return [{"pad": "bottom_right", "divisor": tested["size_divisor"], "value": value}]
    return []
