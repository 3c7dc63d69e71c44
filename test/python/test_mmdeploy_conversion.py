"""Tiny real models of all three codebases, converted by the real MMDeploy, run by ONNX Runtime."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from engine_process import CONVERT, ROOT, Run, mmdeploy_request, run_engine
from reference_file import read_safetensors

COMPARE = ROOT / "test/fixtures/mmdeploy/compare.py"
TOLERANCE = {"cls": 5e-6, "det": 1e-3, "seg": 0.0}


def compare(python: str, run: Run) -> dict:
    done = subprocess.run([python, "-W", "ignore", str(COMPARE), str(run.output)], check=True, capture_output=True)
    return json.loads(done.stdout)


def usual(report: dict) -> dict:
    """Without extreme cases, where only crashes and NaN count."""
    return {name: case for name, case in report.items() if case["kind"] != "extreme"}


@pytest.mark.parametrize("kind", TOLERANCE)
def test_the_graph_computes_what_pytorch_computes(kind: str, converted: dict[str, Run], engine_python: str) -> None:
    run = converted[kind]
    assert run.result["status"] == "ok", run.log[-2000:]
    report = compare(engine_python, run)
    cases = usual(report)
    assert {name: case["worst"] for name, case in cases.items() if case["worst"] > TOLERANCE[kind]} == {}
    assert all(case["sure"] > 0.99 for case in cases.values())


@pytest.mark.parametrize("kind", TOLERANCE)
def test_references_are_enough_evidence(kind: str, converted: dict[str, Run]) -> None:
    tensors, metadata = read_safetensors(converted[kind].output / "references.safetensors")
    inputs = {name.split("/")[0]: array.shape for name, array in tensors.items() if "/in/" in name}
    kinds = {name.split("/")[0]: value for name, value in metadata.items() if name.endswith("/kind")}
    usual = {case: shape for case, shape in inputs.items() if kinds[case] != "extreme"}
    assert sum(shape[0] for shape in usual.values()) >= 8
    assert len({shape[2:] for shape in usual.values()}) >= 3
    assert any(shape[2] != shape[3] for shape in usual.values())
    assert sum(kinds[case] == "real" for case in usual) >= 3
    outputs = [port["name"] for port in converted[kind].result["outputs"]]
    for case in usual:
        assert all(f"{case}/{part}/{name}" in tensors for part in ("fp32", "fp64") for name in outputs)


def test_a_detector_is_tried_with_and_without_something_to_detect(
    converted: dict[str, Run], engine_python: str
) -> None:
    counts = [case["detections"] for case in compare(engine_python, converted["det"]).values()]
    assert any(counts)
    said = [warning for warning in converted["det"].result["warnings"] if "detection" in warning]
    assert 0 in counts or said == ["every case has a detection, so the empty result is untested"]


def test_a_segmentor_says_where_a_flip_is_no_fault(converted: dict[str, Run]) -> None:
    tensors, _ = read_safetensors(converted["seg"].output / "references.safetensors")
    assert tensors["random-0/aux/output.margin"].shape == tensors["random-0/fp64/output"].shape
    assert tensors["random-0/aux/output.margin"].min() >= 0
    assert 0 < tensors["random-0/aux/output.noise"][0] < 1e-3


@pytest.mark.parametrize("kind", TOLERANCE)
def test_device_files_hold_no_path_of_this_machine(kind: str, converted: dict[str, Run]) -> None:
    files = {file["path"]: file["role"] for file in converted[kind].result["files"]}
    assert {path for path, role in files.items() if role == "device"} == {"deploy.json", "pipeline.json", "detail.json"}
    for path in (*(path for path, role in files.items() if role == "device"), "contract.json", "end2end.onnx"):
        data = (converted[kind].output / path).read_bytes()
        for leak in (b"/tmp/", b"/work/", b"/usr/", b"/home/", b"/root/"):
            assert leak not in data, f"{path} holds {leak.decode()}"


def test_the_request_decides_the_bytes(
    converted: dict[str, Run], models: Path, engine_python: str, tmp_path: Path
) -> None:
    again = run_engine(CONVERT, mmdeploy_request(models / "cls"), tmp_path / "another folder", engine_python)
    for path in ("end2end.onnx", "references.safetensors", "contract.json", "pipeline.json", "previews/sample-0.png"):
        assert (again.output / path).read_bytes() == (converted["cls"].output / path).read_bytes(), path


def test_a_static_model_has_fixed_axes_and_eight_cases(engine_python: str, static_segmentor: Run) -> None:
    run = static_segmentor
    assert run.result["status"] == "ok", run.log[-2000:]
    assert run.result["inputs"][0]["shape"] == [1, 3, 64, 96]
    cases = usual(compare(engine_python, run))
    assert len(cases) >= 8
    assert max(case["worst"] for case in cases.values()) == 0
    assert all(case["sure"] > 0.99 for case in cases.values())


LIST_FORM = """
onnx_config = dict(
    type="onnx", export_params=True, keep_initializers_as_inputs=False, opset_version=11, input_shape=None,
    input_names=["input"], output_names=["output"], dynamic_axes=[{0: "batch", 2: "height", 3: "width"}, {0: "batch"}])
codebase_config = dict(type="mmpretrain", task="Classification")
backend_config = dict(type="onnxruntime")
"""


def test_mmdeploys_list_form_of_dynamic_axes_opens_the_same_axes(
    models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = shutil.copytree(models / "cls", tmp_path / "model")
    (model / "my_deploy.py").write_text(LIST_FORM)
    request = {**mmdeploy_request(model), "options": {"deploy_config": "./my_deploy.py"}}
    run = run_engine(CONVERT, request, tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    assert run.result["inputs"][0]["shape"] == ["batch", 3, "height", "width"]
    cases = {name: case for name, case in compare(engine_python, run).items() if case["kind"] != "extreme"}
    assert max(case["worst"] for case in cases.values()) < TOLERANCE["cls"]


def test_the_contract_says_what_a_device_needs(converted: dict[str, Run]) -> None:
    contract = json.loads((converted["det"].output / "contract.json").read_text())
    assert contract["classes"] == ["square", "disc", "triangle"]
    assert [list(step)[0] for step in contract["preprocess"]] == ["decode", "resize", "pad", "normalize"]
    assert contract["outputs"][0]["shape"] == ["batch", "num_dets", 5]
    assert contract["input"]["stride"] == 32


@pytest.mark.parametrize("kind", ["cls", "det", "seg"])
def test_weights_that_the_graph_has_as_they_are_are_known(kind: str, converted: dict[str, Run]) -> None:
    tensors, metadata = read_safetensors(converted[kind].output / "references.safetensors")
    known = {key.removeprefix("weight/"): name for key, name in metadata.items() if key.startswith("weight/")}

    assert known
    for name in known:
        (rows,) = [array for key, array in tensors.items() if key.endswith(f"/aux/weight.rows/{name}")]
        assert rows.dtype.kind == "i"
