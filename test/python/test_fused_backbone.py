"""What MMDeploy does to a model at build time is seen: the source is the model from before."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from engine_process import CONVERT, ROOT, mmdeploy_request, run_engine
from reference_file import read_safetensors
from untrained import save_untrained

FIXTURES = ROOT / "test/fixtures/mmdeploy"


def twin_model(python: str, classifier: Path, folder: Path, forget: bool) -> Path:
    shutil.copytree(classifier, folder, ignore=shutil.ignore_patterns("*.pth"))
    net = (FIXTURES / "twin_net.py").read_text().replace("FORGET = False", f"FORGET = {forget}")
    (folder / "twin_net.py").write_text(net)
    lines = [
        "custom_imports = dict(imports=['twin_net'], allow_failed_imports=False)",
        (folder / "config.py").read_text(),
        "model['backbone'] = dict(type='TwinNet')",
        "model['head']['in_channels'] = 32",
    ]
    (folder / "config.py").write_text("\n".join(lines))
    save_untrained(python, folder)
    return folder


@pytest.mark.parametrize(("forget", "low", "high"), [(False, 0, 8), (True, 1000, float("inf"))])
def test_a_backbone_that_fuses_wrongly_shows_in_the_heads(
    forget: bool, low: float, high: float, models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = twin_model(engine_python, models / "cls", tmp_path / "model", forget)
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]

    command = [engine_python, "-W", "ignore", str(FIXTURES / "intermediate.py"), str(run.output)]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert report["raw.logits"]["origin"] == "source"
    assert low <= report["raw.logits"]["ratio"] <= high

    tensors, _ = read_safetensors(run.output / "references.safetensors")
    apart = max(
        abs(tensors[f"sample-{number}/aux/predict/output"] - tensors[f"sample-{number}/fp32/output"]).max()
        for number in range(3)
    )
    assert (apart > 1e-3) == forget
