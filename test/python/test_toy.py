import json
from pathlib import Path

import numpy as np
import pytest
from engine_process import ROOT, Run, run_engine
from reference_file import read_safetensors

TOY = ROOT / "test/fixtures/engines/toy/convert.py"


def convert(tmp_path: Path, config: dict, weights: dict | None = None) -> Run:
    model = tmp_path / "model"
    model.mkdir(parents=True)
    (model / "model.json").write_text(json.dumps(config))
    (model / "a.weights").write_text(json.dumps(weights or {"w": [0.5, -1, 2, 0.1], "b": [0, 1, -0.5, 0.25]}))
    files = [{"role": "config", "path": "model.json"}, {"role": "checkpoint", "path": "a.weights"}]
    return run_engine(TOY, {"model": {"name": "m", "dir": str(model), "files": files}}, tmp_path / "work")


def test_references_are_enough_evidence(tmp_path: Path) -> None:
    done = convert(tmp_path, {})
    tensors, metadata = read_safetensors(done.output / "references.safetensors")
    cases = [name.rpartition("/")[0] for name, kind in metadata.items() if kind == "random"]
    assert len(cases) >= 3
    assert sum(len(tensors[f"{case}/in/input"]) for case in cases) >= 8
    for case in cases:
        assert np.allclose(tensors[f"{case}/fp32/output"], tensors[f"{case}/fp64/output"], rtol=1e-6)


def test_the_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = convert(tmp_path / "1", {}), convert(tmp_path / "2", {})
    for name in ("end2end.onnx", "references.safetensors", "contract.json", "deploy.json"):
        assert (one.output / name).read_bytes() == (two.output / name).read_bytes()


def test_a_checkpoint_that_does_not_fit_is_named(tmp_path: Path) -> None:
    done = convert(tmp_path, {"channels": 3})
    assert done.result["error"]["kind"] == "mismatch"
    assert "not of 3 values: b, w" in done.result["error"]["message"]


@pytest.mark.parametrize(("kind", "code"), [("crash", -11), ("no-result", 0), ("garbage", 0)])
def test_it_can_leave_no_result(tmp_path: Path, kind: str, code: int) -> None:
    assert not (tmp_path / "work/files/result.json").exists()
    if kind == "garbage":
        with pytest.raises(json.JSONDecodeError):
            convert(tmp_path, {"misbehave": kind})
        return
    done = convert(tmp_path, {"misbehave": kind})
    assert (done.code, done.result) == (code, None)


def test_it_can_export_something_else_than_its_references(tmp_path: Path) -> None:
    good, wrong = convert(tmp_path / "1", {}), convert(tmp_path / "2", {"misbehave": "wrong-weights"})
    assert (good.output / "end2end.onnx").read_bytes() != (wrong.output / "end2end.onnx").read_bytes()
    same = "references.safetensors"
    assert (good.output / same).read_bytes() == (wrong.output / same).read_bytes()
