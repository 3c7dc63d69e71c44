"""Faults of MMDeploy's rewriting: on both sides of parity, but not of a comparison with the unpatched source."""

import json
import shutil
import subprocess
from pathlib import Path

from engine_process import CONVERT, ROOT, mmdeploy_request, run_engine
from engine_script import in_engine

FIXTURES = ROOT / "test/fixtures/mmdeploy"
#: As MMDeploy registers its own: in force during the export and its references, and nowhere else.
BAD_REWRITING = """
from mmdeploy.core import FUNCTION_REWRITER

@FUNCTION_REWRITER.register_rewriter("mmpretrain.models.heads.LinearClsHead.forward")
def linear_cls_head__forward(self, feats):
    logits = self.fc(self.pre_logits(feats))
    logits[:, -1] = logits[:, -1] * 1.01
    return logits
"""
STILL_IN_FORCE = """
import torch
from edge_mmdeploy.forward_hooks import HookedHead
from edge_mmdeploy.unpatched import Unpatched

class Head(torch.nn.Linear):
    pass

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.head = Head(4, 2)
    def forward(self, tensor, mode):
        return self.head(tensor)

torch.manual_seed(0)
source = Unpatched(Model(), [HookedHead("head", "raw", ("logits",))], torch.ones(1, 4))
source.check()
before = source.reason
if given:
    Head.forward = lambda self, tensor: torch.nn.functional.linear(tensor, self.weight, self.bias) * 1.000001
source.check()
print(json.dumps([before, source.reason]))
"""


def run_json(python: str, script: str, folder: Path) -> dict:
    command = [python, "-W", "ignore", str(FIXTURES / script), str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_a_fault_of_the_rewriting_shows_before_the_softmax_only(
    models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = shutil.copytree(models / "cls", tmp_path / "model")
    (model / "bad_rewriting.py").write_text(BAD_REWRITING)
    config = model / "config.py"
    config.write_text(f"custom_imports = dict(imports=['bad_rewriting'])\n{config.read_text()}")
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    cases = run_json(engine_python, "compare.py", run.output).values()
    # Far outside of what a picture can be, scores say nothing.
    assert max(case["worst"] for case in cases if case["kind"] != "extreme") < 5e-6
    assert run_json(engine_python, "intermediate.py", run.output)["raw.logits"]["ratio"] > 1000


def test_a_rewriting_that_outlives_the_export_is_noticed(engine_python: str) -> None:
    before, after = in_engine(engine_python, STILL_IN_FORCE, True)
    assert before is None
    assert "still active" in after
    assert in_engine(engine_python, STILL_IN_FORCE, False) == [None, None]
