"""mmcv's RoIAlign for the CPU has one thread, and Python's lock: its own function, called for a part of the regions in
each thread, gives the same bytes.
"""

import ctypes
import functools
import importlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch

#: `ROIAlignForward` of mmcv 2.1.0, as C++ compilers of Linux name it, and its numbers.
FUNCTIONS: dict[torch.dtype, tuple[str, Any]] = {
    torch.float32: ("_Z15ROIAlignForwardIfEviPKT_S2_PS0_S3_S3_iiS0_iibiii", ctypes.c_float),
    torch.float64: ("_Z15ROIAlignForwardIdEviPKT_S2_PS0_S3_S3_iiS0_iibiii", ctypes.c_double),
}
AVERAGE = 1
#: Of regions that a thread gets at once, and of those for which threads are worth it. Large regions cost more.
PART = 32
#: Sides of a region, of the feature map's: the function, which asks for memory by it, could end the process.
MOST = 4


@functools.cache
def align_in_threads() -> None:
    """From now on; where mmcv has no such function, nothing changes."""
    # Its package has a function of that name, too.
    module: Any = importlib.import_module("mmcv.ops.roi_align")
    extension = module.ext_module
    library = ctypes.CDLL(extension.__file__)
    if all(hasattr(library, name) for name, _ in FUNCTIONS.values()):
        module.ext_module = _Extension(extension, library)


class _Extension:
    """mmcv's extension, with another way to one of its functions."""

    def __init__(self, extension: Any, library: ctypes.CDLL) -> None:
        self._extension = extension
        self._functions = {dtype: _typed(library[name], number) for dtype, (name, number) in FUNCTIONS.items()}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._extension, name)

    def roi_align_forward(
        self, features: torch.Tensor, rois: torch.Tensor, output: torch.Tensor, *argmax: torch.Tensor, **settings: Any
    ) -> None:
        """features: [n, c, h, w]. rois: [m, 5], number of the picture and box. Fills output: [m, c, height, width]."""
        if not _is_usual(features, rois, output, settings):
            self._extension.roi_align_forward(features, rois, output, *argmax, **settings)
            return
        function = self._functions[features.dtype]

        def align(start: int) -> None:
            part, result = rois[start : start + PART], output[start : start + PART]
            function(
                result.numel(),
                *(tensor.data_ptr() for tensor in (features, part, result, *argmax)),
                *(settings["aligned_height"], settings["aligned_width"]),
                # mmcv takes it as float32.
                ctypes.c_float(settings["spatial_scale"]).value,
                *(settings["sampling_ratio"], AVERAGE, settings["aligned"]),
                *features.shape[1:],
            )

        with ThreadPoolExecutor(torch.get_num_threads()) as pool:
            list(pool.map(align, range(0, len(rois), PART)))


def _typed(function: Any, number: Any) -> Any:
    integer, pointer = ctypes.c_int, ctypes.c_void_p
    function.argtypes = [integer, *[pointer] * 5, integer, integer, number, integer, integer, ctypes.c_bool]
    function.argtypes += [integer] * 3
    function.restype = None
    return function


def _is_usual(features: torch.Tensor, rois: torch.Tensor, output: torch.Tensor, settings: dict[str, Any]) -> bool:
    """Whether there is something to gain, and nothing can fail: an exception of C++ would end the process."""
    tensors = (features, rois, output)
    if torch.get_num_threads() == 1 or len(rois) <= PART or settings["pool_mode"] != AVERAGE:
        return False
    if features.dtype not in FUNCTIONS or any(
        each.dtype != features.dtype or each.device.type != "cpu" or not each.is_contiguous() for each in tensors
    ):
        return False
    sides = (rois[:, 3:] - rois[:, 1:3]) * settings["spatial_scale"]
    # Also false of what is not a number.
    return bool(((sides >= 0) & (sides <= MOST * max(features.shape[2:]))).all())
