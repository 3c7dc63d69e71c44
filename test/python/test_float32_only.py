"""Where float64 is impossible, float32 computed in four other ways stands in for it, and the reason is said."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from reference_file import read_safetensors

NECK = """
import torch
from mmpretrain.models import GlobalAveragePooling
from mmpretrain.registry import MODELS

@MODELS.register_module()
class OddNeck(GlobalAveragePooling):
    def forward(self, inputs):
        {body}
        return super().forward(inputs)
"""
BODIES = [
    "assert inputs[0].dtype == torch.float32, 'float32 only'",
    "inputs = tuple(each.float() @ torch.eye(each.shape[-1]) for each in inputs)",
]
AGAINST_OVERFLOW = "inputs = tuple(each.float() for each in inputs)"
WAYS = ("fp32.1", "fp32.2", "fp32.3", "fp32.4")


def odd_model(model: Path, folder: Path, body: str) -> Path:
    shutil.copytree(model, folder)
    (folder / "odd_neck.py").write_text(NECK.format(body=body))
    config = folder / "config.py"
    text = config.read_text().replace("GlobalAveragePooling", "OddNeck")
    config.write_text(f"custom_imports = dict(imports=['odd_neck'])\n{text}")
    return folder


def check_ways(run: Run, outputs: tuple[str, ...]) -> float:
    """How far a classifier's scores are apart."""
    tensors, metadata = read_safetensors(run.output / "references.safetensors")
    assert not [name for name in tensors if "/fp64/" in name]
    usual = [key[:-5] for key, value in metadata.items() if key.endswith("/kind") and value in ("real", "random")]
    assert usual
    apart = [0.0]
    for case in usual:
        for output in outputs:
            single = tensors[f"{case}/fp32/{output}"]
            others = [tensors[f"{case}/aux/{way}/{output}"] for way in WAYS]
            assert all(other.dtype == single.dtype for other in others)
            if single.dtype == np.float32 and single.ndim == 2:
                apart += [float(np.abs(other - single).max()) for other in others]
    return max(apart)


@pytest.mark.parametrize("body", BODIES)
def test_a_model_that_float64_does_not_reach(body: str, models: Path, engine_python: str, tmp_path: Path) -> None:
    model = odd_model(models / "cls", tmp_path / "model", body)
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    assert "cannot be computed in float64" in run.result["environment"]["left_out"]["fp64"]
    assert 0 < check_ways(run, ("output",)) < 1e-4


def test_a_cast_against_overflow_in_half_precision_does_not_round(
    models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = odd_model(models / "cls", tmp_path / "model", AGAINST_OVERFLOW)
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    assert "fp64" not in run.result["environment"].get("left_out", {})

    tensors, _ = read_safetensors(run.output / "references.safetensors")
    double = tensors["random-0/fp64/output"]
    assert double.dtype == np.float64
    assert np.any(double != double.astype(np.float32))


@pytest.mark.parametrize(("kind", "outputs"), [("det", ("dets", "labels")), ("seg", ("output",))])
def test_a_request_for_float32_only(
    kind: str, outputs: tuple[str, ...], models: Path, engine_python: str, tmp_path: Path
) -> None:
    references = {"random": 3, "fp64": False, "shapes": {}}
    request = {**mmdeploy_request(models / kind), "references": references}
    run = run_engine(CONVERT, request, tmp_path, engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    assert "asks for float32" in run.result["environment"]["left_out"]["fp64"]
    check_ways(run, outputs)
