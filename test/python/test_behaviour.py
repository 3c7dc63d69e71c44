"""The source model's own predictions, in the form of the graph's outputs and in pixels of its input."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from reference_file import read_safetensors, sure_pixels

KINDS = ("cls", "det", "seg")


def tensors_of(run: Run) -> dict[str, np.ndarray]:
    return read_safetensors(run.output / "references.safetensors")[0]


def kept(tensors: dict[str, np.ndarray], case: str, part: str) -> np.ndarray:
    """[n, 6]: label, score and corners, clipped to the picture."""
    dets, labels = (tensors[f"{case}/{part}/{name}"][0] for name in ("dets", "labels"))
    height, width = tensors[f"{case}/in/input"].shape[2:]
    rows = np.concatenate([labels[:, None], dets[:, 4:], dets[:, :4].clip(0, [width, height, width, height])], axis=1)
    return rows[dets[:, 4] > 0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_case_has_the_prediction_of_the_source(kind: str, converted: dict[str, Run]) -> None:
    tensors, metadata = read_safetensors(converted[kind].output / "references.safetensors")
    kinds = {key.removesuffix("/kind"): value for key, value in metadata.items() if key.endswith("/kind")}
    outputs = ("dets", "labels") if kind == "det" else ("output",)
    for case, of in kinds.items():
        for output in outputs:
            assert (f"{case}/aux/predict/{output}" in tensors) == (of in ("real", "random"))
            assert (f"{case}/aux/pipeline/{output}" in tensors) == (of == "real")


@pytest.mark.parametrize("part", ["predict", "pipeline"])
def test_scores_and_maps_are_those_of_the_rewritten_model(part: str, converted: dict[str, Run]) -> None:
    classifier, segmentor = tensors_of(converted["cls"]), tensors_of(converted["seg"])
    for number in range(3):
        case = f"sample-{number}"
        np.testing.assert_allclose(
            classifier[f"{case}/aux/{part}/output"], classifier[f"{case}/fp32/output"], atol=1e-6
        )
        sure = sure_pixels(segmentor, case)
        assert sure.mean() > 0.99
        assert (segmentor[f"{case}/aux/{part}/output"] == segmentor[f"{case}/fp32/output"])[sure].all()


@pytest.mark.parametrize("part", ["predict", "pipeline"])
def test_boxes_are_in_pixels_of_the_input(part: str, converted: dict[str, Run]) -> None:
    tensors = tensors_of(converted["det"])
    for number in range(3):
        ours, theirs = (kept(tensors, f"sample-{number}", each) for each in (f"aux/{part}", "fp32"))
        assert set(ours[:, 0]) == {0, 1, 2}, "the model was made to find each class on each sample"
        for label in range(3):
            of = ours[ours[:, 0] == label]
            best = of[int(of[:, 1].argmax())]
            assert np.abs(theirs - best).max(axis=1).min() < 0.01


def test_another_input_size_leaves_the_pipeline_out_and_says_so(static_segmentor: Run) -> None:
    tensors, metadata = read_safetensors(static_segmentor.output / "references.safetensors")
    assert not [name for name in tensors if "/aux/pipeline/" in name]
    assert [name for name in tensors if "/aux/predict/" in name]
    assert "different input size" in metadata["left-out/pipeline"]


OTHER_PIPELINE = """
test_pipeline = [dict(type="LoadImageFromFile"), dict(type="Resize", scale=(48, 48)), dict(type="PackInputs")]
"""
ODD_HEAD = """
from mmpretrain.models import LinearClsHead
from mmpretrain.registry import MODELS

@MODELS.register_module()
class OddHead(LinearClsHead):
    def predict(self, *args):
        return self.nothing_of_this_name
"""


def convert_changed(models: Path, python: str, folder: Path, config: Callable[[str], str]) -> Run:
    model = shutil.copytree(models / "cls", folder / "model")
    (model / "odd_head.py").write_text(ODD_HEAD)
    (model / "config.py").write_text(config((model / "config.py").read_text()))
    return run_engine(CONVERT, mmdeploy_request(model), folder / "work", python)


def test_a_model_that_was_evaluated_otherwise_is_told_so(models: Path, engine_python: str, tmp_path: Path) -> None:
    run = convert_changed(models, engine_python, tmp_path, lambda text: text + OTHER_PIPELINE)
    assert any("differs from the pipeline of its test_dataloader" in each for each in run.result["warnings"])
    tensors = tensors_of(run)
    assert tensors["sample-0/in/input"].shape[2:] == (48, 48)
    apart = np.abs(tensors["sample-0/aux/pipeline/output"] - tensors["sample-0/aux/predict/output"]).max()
    assert apart > 1e-6


def test_a_model_whose_own_predict_fails_has_none_and_says_why(
    models: Path, engine_python: str, tmp_path: Path
) -> None:
    imports = "custom_imports = dict(imports=['odd_head'])\n"
    run = convert_changed(
        models, engine_python, tmp_path, lambda text: imports + text.replace("LinearClsHead", "OddHead")
    )
    assert run.result["status"] == "ok", run.log[-2000:]
    tensors, metadata = read_safetensors(run.output / "references.safetensors")
    for part in ("predict", "pipeline"):
        assert not [name for name in tensors if f"/aux/{part}/" in name]
        assert "nothing_of_this_name" in metadata[f"left-out/{part}"]
    assert metadata["inner/raw.logits"] == "source"
