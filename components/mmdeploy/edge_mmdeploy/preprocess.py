"""The test pipeline in the contract's vocabulary: how a device makes the input tensor from a picture."""

from typing import Any

import torch

Step = dict[str, Any]
INTERPOLATION = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic", "area": "area", "lanczos": "lanczos4"}
SILENT = ("LoadAnnotations", "PackInputs", "PackDetInputs", "PackSegInputs", "PackClsInputs", "LoadEmptyAnnotations")


def preprocess_steps(config: Any, input_shape: Any, model: torch.nn.Module, rgb: bool) -> list[Step]:
    """In order. A step that the vocabulary cannot say is `{"opaque": NAME}`."""
    steps = [step for transform in config.test_pipeline for step in _steps(dict(transform), input_shape)]
    preprocessor = getattr(model, "data_preprocessor", None)
    order = "rgb" if rgb else "bgr"
    normalize: Step = {"order": order, "range": "0..255", "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]}
    for part in ("mean", "std"):
        values = getattr(preprocessor, part, None)
        if torch.is_tensor(values):
            normalize[part] = [round(value, 6) for value in values.flatten().tolist()]
    steps.append({"normalize": normalize})
    divisor = getattr(preprocessor, "pad_size_divisor", 1)
    if isinstance(divisor, int) and divisor > 1:
        steps.append({"pad": "bottom_right", "divisor": divisor, "value": plain_value(preprocessor.pad_value)})
    return steps


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
    if name == "LoadImageFromFile":
        return [{"decode": "bgr8", "exif_rotate": transform.get("color_type", "color") == "color"}]
    if name == "Resize" and transform.get("scale") is not None:
        return [_resize(transform, input_shape)]
    if name == "ResizeEdge":
        edge = {"short": "short_edge", "long": "long_edge"}.get(transform.get("edge", "short"))
        return [{"resize": edge, "to": transform["scale"], **_interpolation(transform)}] if edge else [{"opaque": name}]
    if name == "CenterCrop":
        return [{"center_crop": plain_value(transform["crop_size"])}]
    if name == "Pad":
        return [_pad(transform, input_shape)]
    return [{"opaque": name}]


def _resize(transform: Step, input_shape: Any) -> Step:
    """MMDeploy stretches to an input_shape that is given, except for classifiers, which have no such option."""
    scale = transform["scale"]
    size = [scale, scale] if isinstance(scale, int) else list(scale)
    keep = bool(transform.get("keep_ratio", False))
    if input_shape:
        size, keep = list(input_shape), False
    return {"resize": "keep_ratio" if keep else "stretch", "to": size, **_interpolation(transform)}


def _pad(transform: Step, input_shape: Any) -> Step:
    value = plain_value(transform.get("pad_val", 0))
    if transform.get("size") is not None:
        size = list(input_shape or transform["size"])
        return {"pad": "bottom_right", "to": size, "value": value}
    if transform.get("pad_to_square"):
        return {"pad": "bottom_right", "to": "square", "value": value}
    return {"pad": "bottom_right", "divisor": transform.get("size_divisor") or 1, "value": value}


def _interpolation(transform: Step) -> Step:
    backend = "pillow" if transform.get("backend") == "pillow" else "cv2"
    name = INTERPOLATION.get(transform.get("interpolation", "bilinear"), "linear")
    # Pillow widens the filter when it shrinks a picture; OpenCV does not.
    return {"interp": f"{backend}.{name}", "antialias": backend == "pillow"}
