"""Boxes and scores reach the exported suppression as they reach that of mmdet: then all boxes are the source's."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from engine_script import in_engine
from reference_file import read_safetensors
from untrained import save_untrained

YOLOX = """
model['bbox_head'] = dict(
    type='YOLOXHead', num_classes=3, in_channels=32, feat_channels=32, stacked_convs=1, strides=[8, 16, 32])
model['train_cfg'] = None
"""


def boxes(tensors: dict[str, np.ndarray], case: str, part: str) -> np.ndarray:
    """[n, 6]: label, corners and score, the highest first; as a device takes them: cut, and none without area."""
    dets, labels = (tensors[f"{case}/{part}/{name}"][0] for name in ("dets", "labels"))
    height, width = tensors[f"{case}/in/input"].shape[2:]
    corners = dets[:, :4].clip(0, [width, height, width, height])
    real = (dets[:, 4] > 0) & (corners[:, 2:] > corners[:, :2]).all(1)
    rows = np.concatenate([labels[:, None], corners, dets[:, 4:]], axis=1)[real]
    return rows[np.argsort(-rows[:, 5], kind="stable")]


def require_the_sources(run: Run, least: int) -> None:
    """Of every case the same boxes as the source's own predict, but for some of equal scores; at least so many in all.

    What a trained model finds in random pictures differs between processors: only what it finds in its samples is sure.
    """
    tensors, _ = read_safetensors(run.output / "references.safetensors")
    cases = sorted({key.split("/")[0] for key in tensors if "/aux/predict/" in key})
    assert sum(len(boxes(tensors, case, "fp32")) for case in cases) >= least
    for case in cases:
        found, expected = (boxes(tensors, case, part) for part in ("fp32", "aux/predict"))
        rows = len(tensors[f"{case}/fp32/dets"][0])
        assert len(found) == min(len(expected), rows), case
        if len(found) == 0:
            continue
        apart = np.abs(found[:, None] - expected[None]).max(axis=2).min(axis=1)
        assert np.mean(apart < 0.01) > 0.97, f"{case}: {np.sum(apart >= 0.01)} of {len(found)} boxes are others"


def test_yolox_gives_each_box_its_best_class_alone(models: Path, engine_python: str, tmp_path: Path) -> None:
    model = shutil.copytree(models / "det", tmp_path / "model", ignore=shutil.ignore_patterns("*.pth"))
    config = model / "config.py"
    config.write_text(f"{config.read_text()}\n{YOLOX}")
    save_untrained(engine_python, model, "mmdet")
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    require_the_sources(run, 16)


#: Left, top, right and bottom of each box, in strides.
MOVE = """
import torch
file, by = given
checkpoint = torch.load(file)
for name, tensor in checkpoint["state_dict"].items():
    if name.startswith("bbox_head.rtm_reg") and name.endswith("bias"):
        tensor += torch.tensor(by)
torch.save(checkpoint, file)
print(json.dumps(None))
"""


@pytest.mark.parametrize(
    ("by", "most", "least"),
    [
        pytest.param([2.0, 1.0, 9.0, 7.0], 100, 9, id="boxes that reach far beyond the picture are cut first"),
        pytest.param([-5.0, 0.0, 6.0, 0.0], 4, 4, id="boxes of no area take no room among the best"),
    ],
)
def test_rtmdet_suppresses_what_its_source_does(
    by: list, most: int, least: int, models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = shutil.copytree(models / "det", tmp_path / "model")
    config = model / "config.py"
    config.write_text(config.read_text().replace("max_per_img=100", f"max_per_img={most}"))
    (checkpoint,) = model.glob("*.pth")
    in_engine(engine_python, MOVE, [str(checkpoint), by])
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    require_the_sources(run, least)


SCRIPT = """
import torch
from edge_mmdeploy.follow_heads import best_class_alone, cut, without_empty

scores = torch.tensor([[0.2, 0.7, 0.7], [0.9, 0.1, 0.0], [0.0, 0.0, 0.0]])
boxes = torch.tensor([[-3.0, 2.0, 30.0, 50.0], [1.0, -9.0, 5.0, 6.0]])
kept = [cut(boxes, size).tolist() for size in ((40, 20), torch.tensor([40, 20]))]
small = torch.tensor([[5.0, 5, 9, 9], [5, 5, 5, 9], [5, 5, 4, 4]])
left = without_empty(small, scores)[1].max(-1).values.tolist()
print(json.dumps([best_class_alone(scores).tolist(), kept, left]))
"""


def test_of_equal_classes_the_first_is_kept_and_boxes_end_at_the_picture(engine_python: str) -> None:
    scores, (fixed, traced), left = in_engine(engine_python, SCRIPT)
    assert scores == pytest.approx(np.array([[0, 0.7, 0], [0.9, 0, 0], [0, 0, 0]]))
    assert fixed == traced == [[0, 2, 20, 40], [1, 0, 5, 6]]
    assert left == pytest.approx([0.7, 0, 0])
