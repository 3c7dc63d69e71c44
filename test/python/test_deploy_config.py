"""Which deployment configuration a model gets: MMDeploy's graph of a detector with masks has a third output."""

import json
import subprocess

from engine_process import ROOT

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
