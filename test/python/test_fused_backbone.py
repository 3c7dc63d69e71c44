"""What MMDeploy does to a model at build time is seen: the source is the model from before."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from engine_process import CONVERT, ROOT, mmdeploy_request, run_engine
from engine_script import in_engine
from reference_file import read_safetensors

FIXTURES = ROOT / "test/fixtures/mmdeploy"
#: Random weights, and running statistics that are not 0 and 1: what a fusion can forget.
MAKE = """
import sys
import torch
from mmengine.config import Config
from mmpretrain.registry import MODELS

sys.path.insert(0, given)
config = Config.fromfile(given + "/config.py")
config.model.data_preprocessor = dict(type="ClsDataPreprocessor", **config.data_preprocessor)
import mmpretrain.models
torch.manual_seed(0)
model = MODELS.build(config.model)
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.normal_(module.running_mean, std=0.3)
        torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
torch.save({"state_dict": model.state_dict(), "meta": {}}, given + "/epoch_1.pth")
print(json.dumps(None))
"""


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
    in_engine(python, MAKE, str(folder))
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
