"""Which deployment configuration a model gets: MMDeploy's graph of a detector with masks has a third output."""

import json
import subprocess

import pytest
from engine_process import ROOT
from engine_script import in_engine

BOXES, MASKS = ["dets", "labels"], ["dets", "labels", "masks"]


def deploy(python: str, **options: object) -> dict:
    command = [python, "-W", "ignore", str(ROOT / "test/fixtures/mmdeploy/deploy_names.py"), json.dumps(options)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_masks_are_named_where_the_model_has_them(engine_python: str) -> None:
    assert deploy(engine_python) == {
        "boxes": [BOXES, ["dets", "input", "labels"]],
        "two stages with masks": [MASKS, ["dets", "input", "labels", "masks"]],
        "one stage with masks": [MASKS, ["dets", "input", "labels", "masks"]],
        "no masks after all": [BOXES, ["dets", "input", "labels"]],
    }


def test_of_fixed_size_too(engine_python: str) -> None:
    names = deploy(engine_python, dynamic=False)
    assert names["two stages with masks"] == [MASKS, []]
    assert names["boxes"] == [BOXES, []]


def test_a_configuration_that_is_asked_for_wins(engine_python: str) -> None:
    names = deploy(engine_python, deploy_config="detection_onnxruntime_static.py")
    assert names["two stages with masks"] == [BOXES, []]


AXES = """
from pathlib import Path
from mmengine.config import Config
from edge_engine.failure import Failure
from edge_mmdeploy.codebase import CODEBASES
from edge_mmdeploy.deploy_config import read_deploy_config, symbolic_axes

options = {"deploy_config": {"codebase_config": {"type": "mmpretrain", "task": "Classification"}, **given}}
options["deploy_config"]["backend_config"] = {"type": "onnxruntime"}
try:
    config = read_deploy_config(options, Path(), CODEBASES["mmpretrain"], Config({"model": {"type": "X"}}))
    free = [sorted(symbolic_axes(config, name)) for name in ("input", "output")]
    said = [config.onnx_config.get("dynamic_axes"), *free]
except Failure as failure:
    said = [failure.code, str(failure), failure.hint]
print(json.dumps(said))
"""


def axes(python: str, given: object) -> list:
    return in_engine(python, AXES, {"onnx_config": {"type": "onnx", "dynamic_axes": given}})


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ("MMDeploy's list", [{"0": "batch", "2": "height"}, {"0": "batch"}]),
        ("a dictionary", {"input": {"0": "batch", "2": "height"}, "output": {"0": "batch"}}),
    ],
)
def test_dynamic_axes_in_every_form_that_mmdeploy_takes(engine_python: str, form: str, given: object) -> None:
    named = {"input": {"0": "batch", "2": "height"}, "output": {"0": "batch"}}
    assert axes(engine_python, given) == [named, [0, 2], [0]]


def test_axes_without_labels_get_those_of_torch(engine_python: str) -> None:
    labels = {"0": "input_dynamic_axes_1", "3": "input_dynamic_axes_2"}
    assert axes(engine_python, {"input": [0, 3]}) == [{"input": labels}, [0, 3], []]


def test_an_entry_that_is_empty_or_not_there_leaves_its_tensor_fixed(engine_python: str) -> None:
    assert axes(engine_python, [{}, {"0": "batch"}]) == [{"output": {"0": "batch"}}, [], [0]]
    assert axes(engine_python, [{"0": "batch"}]) == [{"input": {"0": "batch"}}, [0], []]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"0": "b"}, {"0": "b"}, {"0": "b"}], "3 entries in dynamic_axes, but 2 inputs and outputs"),
        ({"input": {"rows": "b"}}, "dynamic_axes of deploy_config cannot be read"),
        ([5], "dynamic_axes of deploy_config cannot be read"),
    ],
)
def test_axes_that_cannot_be_meant_are_an_error_of_the_input(engine_python: str, given: object, message: str) -> None:
    code, said, hint = axes(engine_python, given)
    assert code == "deploy-config-axes"
    assert message in said
    assert hint
