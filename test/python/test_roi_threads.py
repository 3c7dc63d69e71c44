"""RoIAlign in several threads gives mmcv's own bytes; what may fail is left to mmcv, which says so."""

from engine_script import in_engine

HEAD = """
import importlib
import torch
from mmcv.ops import RoIAlign
from edge_mmdeploy.roi_threads import align_in_threads

torch.set_num_threads(given)
module = importlib.import_module("mmcv.ops.roi_align")
calls = 0

class Counted:
    __file__ = module.ext_module.__file__
    original = module.ext_module

    def roi_align_forward(self, *args, **kwargs):
        global calls
        calls += 1
        self.original.roi_align_forward(*args, **kwargs)

module.ext_module = Counted()

def regions(dtype):
    draw = torch.Generator().manual_seed(0)
    corners, sides = (torch.rand(100, 2, generator=draw, dtype=dtype) * 100 for _ in range(2))
    pictures = torch.arange(100, dtype=dtype)[:, None] % 2
    return torch.cat([pictures, corners, corners + sides], 1)

def features(dtype):
    return torch.randn(2, 8, 32, 40, generator=torch.Generator().manual_seed(1), dtype=dtype)
"""

SAME = (
    HEAD
    + """
def aligned():
    return [
        RoIAlign(size, 0.25, sampling, mode, corner)(features(dtype), regions(dtype))
        for dtype in (torch.float32, torch.float64) for size in (7, (14, 5)) for sampling in (0, 2)
        for mode in ("avg", "max") for corner in (True, False)
    ]

own = aligned()
align_in_threads()
calls = 0
threads = aligned()
same = all(one.numpy().tobytes() == other.numpy().tobytes() for one, other in zip(own, threads))
print(json.dumps([same, len(own), calls]))
"""
)

LEFT = (
    HEAD
    + """
align_in_threads()
said = []

def by_mmcv(features, boxes):
    global calls
    calls, raised = 0, False
    try:
        RoIAlign(7, 0.25)(features, boxes)
    except (RuntimeError, ValueError):
        raised = True
    said.append([calls, raised])

for value in (float("nan"), -1.0, float("inf"), 1e5):
    boxes = regions(torch.float32)
    boxes[50, 3] = value
    by_mmcv(features(torch.float32), boxes)
by_mmcv(features(torch.float32).contiguous(memory_format=torch.channels_last), regions(torch.float32))
print(json.dumps(said))
"""
)


def test_it_gives_the_same_bytes(engine_python: str) -> None:
    same, of, by_mmcv = in_engine(engine_python, SAME, 2)
    assert (same, of, by_mmcv) == (True, 32, 16), "the largest in each bin, and no average, is left to mmcv"


def test_one_thread_leaves_all_to_mmcv(engine_python: str) -> None:
    assert in_engine(engine_python, SAME, 1) == [True, 32, 32]


def test_what_may_fail_is_left_to_mmcv(engine_python: str) -> None:
    sides_raise = [[1, True], [1, True], [1, True], [1, False]]
    assert in_engine(engine_python, LEFT, 2) == [*sides_raise, [1, False]]
