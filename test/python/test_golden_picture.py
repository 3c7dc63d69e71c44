"""The picture that an input was made of, and the steps from the one to the other as contract.json says them."""

import json
import subprocess
from pathlib import Path

import pytest
from engine_process import CONVERT, ROOT, Run, mmdeploy_request, run_engine
from engine_script import in_engine
from reference_file import read_safetensors

REPLAY = ROOT / "test/fixtures/mmdeploy/replay.py"
#: One step of a grey level is what OpenCV's own versions differ by; here it is the same one.
SAME = 1e-3
WITH_PICTURE = """
import cv2
import numpy as np
import torch
from mmengine.config import Config
from edge_engine.references import References
from edge_mmdeploy.golden import add_golden_picture
from edge_mmdeploy.samples import Sample
from pathlib import Path

references, samples = References(), {}
for number, (height, width) in enumerate(given["sizes"]):
    case, path = f"sample-{number}", Path(given["folder"]) / f"{number}.png"
    cv2.imwrite(str(path), np.zeros((height, width, 3), np.uint8))
    samples[case] = Sample(path, {}, torch.zeros(1, 3, 32, 64))
    references.add(case, "real", {})

config = Config({"test_pipeline": [{"type": "LoadImageFromFile"}]})
add_golden_picture(references, samples, "classification", config)
print(json.dumps([case for case in samples if references.has(case, "aux", "picture")]))
"""


def replay(python: str, output: Path) -> dict:
    command = [python, "-W", "ignore", str(REPLAY), str(output)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.mark.parametrize("kind", ["cls", "det", "seg"])
def test_the_contract_makes_the_input_of_the_sample_picture(
    kind: str, converted: dict[str, Run], engine_python: str
) -> None:
    report = replay(engine_python, converted[kind].output)
    assert any(case.startswith("sample-") for case in report)
    # The samples have the input's size, so that a picture of the engine's own shows what resizing does.
    assert "drawn-0" in report
    assert all(difference is not None and difference < SAME for difference in report.values())


def test_without_samples_the_engine_draws_the_picture(models: Path, engine_python: str, tmp_path: Path) -> None:
    run = run_engine(CONVERT, {**mmdeploy_request(models / "cls"), "samples": []}, tmp_path, engine_python)
    report = replay(engine_python, run.output)
    assert list(report) == ["drawn-0"]
    assert report["drawn-0"] < SAME
    tensors, metadata = read_safetensors(run.output / "references.safetensors")
    assert metadata["drawn-0/kind"] == "random"
    assert tensors["drawn-0/aux/picture"].shape == (480, 640, 3)
    assert "drawn-0/fp64/output" in tensors


def test_a_wrong_step_in_the_contract_shows(converted: dict[str, Run], engine_python: str, tmp_path: Path) -> None:
    output = converted["cls"].output
    (tmp_path / "references.safetensors").symlink_to(output / "references.safetensors")
    contract = json.loads((output / "contract.json").read_text())
    normalize = contract["preprocess"][-1]["normalize"]
    normalize["order"] = "bgr" if normalize["order"] == "rgb" else "rgb"
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    assert all(difference > 10 for difference in replay(engine_python, tmp_path).values())


def test_a_wrong_way_of_resizing_shows_though_each_sample_has_the_size_of_the_input(
    converted: dict[str, Run], engine_python: str, tmp_path: Path
) -> None:
    output = converted["cls"].output
    (tmp_path / "references.safetensors").symlink_to(output / "references.safetensors")
    contract = json.loads((output / "contract.json").read_text())
    (step,) = [step for step in contract["preprocess"] if "resize" in step]
    step["interp"] = "cv2.nearest"
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    report = replay(engine_python, tmp_path)
    assert report.pop("drawn-0") > 1
    assert all(difference < SAME for difference in report.values())


@pytest.mark.parametrize(
    ("sizes", "case"),
    [
        ([[32, 64], [64, 128], [100, 90], [90, 100]], "sample-2"),
        ([[32, 64], [64, 128]], "sample-1"),
        ([[32, 64]], "sample-0"),
    ],
    ids=["another shape", "another size", "the size of the input"],
)
def test_the_picture_shows_as_many_steps_as_one_can(
    sizes: list[list[int]], case: str, engine_python: str, tmp_path: Path
) -> None:
    assert in_engine(engine_python, WITH_PICTURE, {"sizes": sizes, "folder": str(tmp_path)}) == [case]
