"""Segmentors that look at windows: a graph looks at its whole input, so that it has to be one window."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from reference_file import read_safetensors

SLIDE = "model['test_cfg'] = dict(mode='slide', crop_size=(96, 64), stride=(48, 42))"
FIXED = {"dynamic": False, "input_shape": [64, 96]}


def sliding(models: Path, python: str, folder: Path, options: dict, *lines: str) -> Run:
    model = shutil.copytree(models / "seg", folder / "model")
    config = model / "config.py"
    config.write_text("\n".join([config.read_text(), SLIDE, *lines]))
    return run_engine(CONVERT, {**mmdeploy_request(model), "options": options}, folder / "work", python)


@pytest.fixture(scope="module")
def fixed(models: Path, engine_python: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Whose input is one window."""
    return sliding(models, engine_python, tmp_path_factory.mktemp("fixed"), FIXED)


OTHER = [{"dynamic": True}, {"dynamic": False}, {"dynamic": False, "input_shape": [96, 64]}, {"input_shape": [96, 64]}]


@pytest.mark.parametrize("options", OTHER)
def test_any_other_input_is_refused_by_name(options: dict, models: Path, engine_python: str, tmp_path: Path) -> None:
    error = sliding(models, engine_python, tmp_path, options).result["error"]
    assert (error["kind"], error["code"]) == ("input", "slide-inference")
    assert "windows of 64x96 (test_cfg mode='slide', stride 42x48)" in error["message"]
    assert "`dynamic: false` and `input_shape: [64, 96]`" in error["hint"]


def test_by_default_the_input_is_one_window(models: Path, engine_python: str, tmp_path: Path) -> None:
    run = sliding(models, engine_python, tmp_path, {})
    assert run.result["status"] == "ok", run.log[-2000:]
    assert run.result["inputs"][0]["shape"] == ["batch", 3, 96, 64]
    contract = json.loads((run.output / "contract.json").read_text())
    assert contract["input"]["fixed"].keys() == {"h", "w"}
    assert "test_cfg mode='slide'" in contract["input"]["fixed"]["h"]
    assert contract["preprocess"][-1]["windows"]["size"] == [64, 96]


def test_the_source_own_inference_is_a_reference_for_inputs_larger_than_a_window(fixed: Run) -> None:
    tensors, _ = read_safetensors(fixed.output / "references.safetensors")
    found = {name.partition("/aux/")[2]: array for name, array in tensors.items() if "/aux/windows." in name}
    assert found["windows.0/in/input"].shape == (1, 3, 96, 64 + 42 + 21)
    assert found["windows.1/in/input"].shape == (1, 3, 96 + 48 + 24, 64)
    for number in range(2):
        step = int(found[f"windows.{number}/step"][0])
        height, width = (-(-side // step) for side in found[f"windows.{number}/in/input"].shape[2:])
        single, double = (found[f"windows.{number}/{part}/output"] for part in ("fp32", "fp64"))
        assert single.shape == double.shape == (1, 4, height, width)
        assert (single.dtype, double.dtype) == (np.float32, np.float64)
        assert 0 < abs(single - double).max() < 1e-4


def test_one_window_is_right_and_the_device_is_told_to_cut_them(fixed: Run) -> None:
    assert fixed.result["status"] == "ok", fixed.log[-2000:]
    assert fixed.result["inputs"][0]["shape"] == [1, 3, 96, 64]
    assert fixed.result["outputs"][0]["dtype"] == "float32", "maps of classes have no mean"

    contract = json.loads((fixed.output / "contract.json").read_text())
    steps = contract["preprocess"]
    assert steps[-1] == {"windows": {"size": [64, 96], "stride": [42, 48], "edge": "shifted_inside"}}
    assert [step["to"] for step in steps if "resize" in step] == [[128, 128]], "the picture is not squeezed"
    assert contract["outputs"][0]["activation"] == "none"
    assert contract["postprocess"][0] == "mean of windows"

    tensors, _ = read_safetensors(fixed.output / "references.safetensors")
    for number in range(3):
        own, graph = (tensors[f"sample-{number}/{part}/output"] for part in ("aux/predict", "fp32"))
        assert abs(own - graph).max() < 1e-4


def test_the_input_is_a_piece_of_the_picture(converted: dict[str, Run], fixed: Run) -> None:
    both = (converted["seg"], fixed)
    pictures, windows = (read_safetensors(each.output / "references.safetensors")[0] for each in both)
    assert (windows["sample-0/in/input"] == pictures["sample-0/in/input"][:, :, :96, :64]).all()


def test_a_picture_that_is_smaller_than_a_window_is_named(models: Path, engine_python: str, tmp_path: Path) -> None:
    small = "test_pipeline[1].update(scale=(48, 48))"
    error = sliding(models, engine_python, tmp_path, FIXED, small).result["error"]
    assert error["code"] == "sample-below-window"
    assert "48x48 after the test pipeline, smaller than the window 64x96" in error["message"]
