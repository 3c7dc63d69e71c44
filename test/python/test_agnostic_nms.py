"""`class_agnostic` of a test_cfg: the exported suppression looks across classes, as mmcv's does."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
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


@pytest.fixture(scope="module")
def converted_so(models: Path, engine_python: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A detector with that setting, and one for the sides of its boxes."""
    folder = tmp_path_factory.mktemp("agnostic")
    model = shutil.copytree(models / "det", folder / "model")
    config = model / "config.py"
    text = config.read_text().replace('nms=dict(type="nms",', 'nms=dict(type="nms", class_agnostic=True,')
    config.write_text(text.replace("min_bbox_size=0", "min_bbox_size=6"))
    run = run_engine(CONVERT, mmdeploy_request(model), folder / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    return run


def contract_of(run: Run) -> dict:
    return json.loads((run.output / "contract.json").read_text())


def test_a_side_below_which_the_source_drops_boxes_is_said(converted_so: Run) -> None:
    assert contract_of(converted_so)["postprocess"][2] == "drop boxes with a side<=6"


def test_a_detector_with_that_setting_decides_as_its_source(converted_so: Run) -> None:
    assert contract_of(converted_so)["baked"]["class_agnostic"] is True
    tensors, _ = read_safetensors(converted_so.output / "references.safetensors")
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
