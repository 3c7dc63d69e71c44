"""`test_cfg` with mode='slide': the source looks at windows of a picture and takes the mean of what it sees.

MMDeploy's graph looks at its whole input at once. That is the same for an input that is not larger than a window: then
cutting windows and putting them together is the device's part, and contract.json says how.
"""

from dataclasses import dataclass
from typing import Any

from edge_engine.failure import Failure

from .cases import HEIGHT, WIDTH
from .deploy_config import symbolic_axes
from .open_axes import close_axes
from .samples import Sample

WHY = "the source processes windows of this size (test_cfg mode='slide'), which the device must cut out of a picture"


@dataclass(frozen=True)
class Windows:
    """[width, height] of a window, and how far it is moved."""

    size: tuple[int, int]
    stride: tuple[int, int]

    def as_step(self) -> dict[str, Any]:
        """In the contract's vocabulary of pre-processing."""
        return {"windows": {"size": list(self.size), "stride": list(self.stride), "edge": "shifted_inside"}}


def windows_of(config: Any) -> Windows | None:
    """config: of the model; None where it looks at whole pictures."""
    tested = config.model.get("test_cfg") or {}
    if tested.get("mode", "whole") != "slide":
        return None
    height, width = _pair(tested["crop_size"])
    down, right = _pair(tested["stride"])
    return Windows((width, height), (right, down))


def fix_to_window(config: Any, deploy: Any) -> dict[int, str]:
    """Makes the input of the graph one window. Returns the axes that it fixes, and why.

    None where another size was asked for, or where the source looks at whole pictures.
    """
    windows = windows_of(config)
    if windows is None or tuple(deploy.onnx_config.get("input_shape") or windows.size) != windows.size:
        return {}
    deploy.onnx_config.input_shape = list(windows.size)
    fixed = dict.fromkeys((HEIGHT, WIDTH), WHY)
    close_axes(deploy, fixed)
    return fixed


def check_windows(config: Any, deploy: Any, file: str) -> Windows | None:
    """The windows that are the device's part; None where a picture is looked at as a whole.

    Raises a Failure where the graph's input is not fixed to a window. Where it is, a graph that may give scores gives
    them: maps of classes have no mean.
    """
    windows = windows_of(config)
    onnx_config = deploy.onnx_config
    if windows is None:
        return None
    free = symbolic_axes(deploy, onnx_config.input_names[0]) & {HEIGHT, WIDTH}
    if free or tuple(onnx_config.get("input_shape") or ()) != windows.size:
        raise _refused(windows, file)
    return windows


def first_window(sample: Sample, windows: Windows) -> Sample:
    """The upper left window of a picture's input. Raises a Failure where the picture is smaller."""
    width, height = windows.size
    tensor = sample.tensor[:, :, :height, :width].contiguous()
    if tuple(tensor.shape[2:]) != (height, width):
        found = f"{sample.tensor.shape[WIDTH]}x{sample.tensor.shape[HEIGHT]}"
        message = f"{sample.path.name} is {found} after the test pipeline, smaller than the window {width}x{height}"
        hint = (
            "The source processes such a picture without padding, but a graph of fixed size cannot: remove "
            "the sample."
        )
        raise Failure("input", "sample-below-window", message, hint)
    shapes = dict.fromkeys(("img_shape", "ori_shape", "pad_shape", "batch_input_shape"), (height, width))
    for data_sample in sample.data["data_samples"]:
        data_sample.set_metainfo({**shapes, "padding_size": [0] * 4, "img_padding_size": [0] * 4})
    return Sample(sample.path, sample.data, tensor)


def _pair(value: Any) -> tuple[int, int]:
    first, second = (value, value) if isinstance(value, int) else value
    return int(first), int(second)


def _refused(windows: Windows, file: str) -> Failure:
    width, height = windows.size
    message = (
        f"{file} looks at windows of {width}x{height} (test_cfg mode='slide', stride {windows.stride[0]}x"
        f"{windows.stride[1]}), MMDeploy's graph at the whole input: larger pictures would come out differently"
    )
    hint = (
        f"Fix the graph to one window with the options `dynamic: false` and `input_shape: [{width}, {height}]`: "
        "contract.json then tells the device to cut windows and to average their scores. Or set "
        "`test_cfg = dict(mode='whole')` if the model is also good that way."
    )
    return Failure("input", "slide-inference", message, hint)
