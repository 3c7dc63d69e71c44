"""`class_agnostic` of a test_cfg: the exported suppression looks across classes, as mmcv's does."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, mmdeploy_request, run_engine
from engine_script import in_engine
from reference_file import read_safetensors

#: MMDeploy's form of the result beside mmcv's own, on boxes of which many overlap.
SCRIPT = """
import torch
from mmcv.ops import batched_nms
from edge_mmdeploy.agnostic_nms import _suppress
from edge_mmdeploy.nms import replace_nms

torch.manual_seed(0)
boxes = torch.rand(2, 60, 2) * 50
boxes = torch.cat([boxes, boxes + 5 + torch.rand(2, 60, 2) * 30], dim=-1)
scores = torch.rand(2, 60, 3)
expected = []
for row in range(2):
    pairs = [(index, label) for index in range(60) for label in range(3) if scores[row, index, label] > 0.4]
    indices, labels = torch.tensor(pairs).T
    settings = dict(type="nms", iou_threshold=0.4, class_agnostic=given["across"])
    dets, kept = batched_nms(boxes[row, indices], scores[row, indices, labels], labels, settings)
    expected.append([dets[:20].tolist(), labels[kept][:20].tolist()])
replace_nms()
dets, labels = _suppress(boxes, scores, 60, 0.4, 0.4, given["pre_top_k"], 20)
found = []
for row in range(2):
    real = dets[row, :, 4] > 0
    found.append([dets[row][real].tolist(), labels[row][real].tolist()])
print(json.dumps([found, expected]))
"""


@pytest.mark.parametrize("pre_top_k", [-1, 60])
def test_boxes_are_those_of_mmcv(pre_top_k: int, engine_python: str) -> None:
    found, expected = in_engine(engine_python, SCRIPT, {"across": True, "pre_top_k": pre_top_k})
    assert found == expected
    assert {label for _, labels in found for label in labels} == {0, 1, 2}


def test_class_by_class_would_be_others(engine_python: str) -> None:
    found, expected = in_engine(engine_python, SCRIPT, {"across": False, "pre_top_k": -1})
    assert found != expected


def test_a_detector_with_that_setting_decides_as_its_source(models: Path, engine_python: str, tmp_path: Path) -> None:
    model = shutil.copytree(models / "det", tmp_path / "model")
    config = model / "config.py"
    text = config.read_text().replace('nms=dict(type="nms",', 'nms=dict(type="nms", class_agnostic=True,')
    config.write_text(text)
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]

    contract = json.loads((run.output / "contract.json").read_text())
    assert contract["baked"]["class_agnostic"] is True
    tensors, _ = read_safetensors(run.output / "references.safetensors")
    for part in ("fp32", "aux/predict"):
        for number in range(3):
            dets = tensors[f"sample-{number}/{part}/dets"][0]
            kept = dets[dets[:, 4] > 0][:, :4]
            assert len(kept) > 0
            assert largest_iou(kept) <= 0.5 + 1e-4, "no box overlaps another, of whatever class"


def largest_iou(boxes: np.ndarray) -> float:
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod((high - low).clip(0), axis=-1)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=-1)
    iou = shared / np.maximum(area[:, None] + area[None] - shared, 1e-6)
    return float((iou - np.eye(len(boxes)) * iou).max(initial=0))
