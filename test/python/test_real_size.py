"""One case is of the size that the model's own pipeline makes, with samples or without."""

import shutil
from pathlib import Path

import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from reference_file import read_safetensors

LARGE = (352, 480)


def large(kind: str, models: Path, python: str, folder: Path) -> Run:
    """Without samples; its pictures are larger than what references are usually made of."""
    model = shutil.copytree(models / kind, folder / "model", ignore=shutil.ignore_patterns("samples"))
    config = model / "config.py"
    height, width = LARGE
    lines = [
        "for step in test_pipeline:",
        f"    step.update(dict(scale=({width}, {height}), keep_ratio=False) if step['type'] == 'Resize' else {{}})",
        f"    step.update(dict(size=({width}, {height})) if step['type'] == 'Pad' else {{}})",
    ]
    config.write_text("\n".join([config.read_text(), *lines]))
    return run_engine(CONVERT, mmdeploy_request(model), folder / "work", python)


@pytest.mark.parametrize("kind", ["cls", "det", "seg"])
def test_without_samples_the_engines_own_picture_has_it(
    kind: str, models: Path, engine_python: str, tmp_path: Path
) -> None:
    run = large(kind, models, engine_python, tmp_path)
    assert run.result["status"] == "ok", run.log[-2000:]
    tensors, metadata = read_safetensors(run.output / "references.safetensors")
    usual = [key.split("/")[0] for key, value in metadata.items() if key.endswith("/kind") and value == "random"]
    real = [case for case in usual if tensors[f"{case}/in/input"].shape[2:] == LARGE]
    name = "dets" if kind == "det" else "output"
    assert real, "a case that counts"
    assert all(f"{case}/{part}/{name}" in tensors for case in real for part in ("fp32", "fp64", "aux/predict"))
