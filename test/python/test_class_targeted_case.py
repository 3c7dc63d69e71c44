"""A picture on which a segmentor chooses classes that it does not choose elsewhere."""

import json
import subprocess

import pytest
from engine_process import ROOT

TARGETED = ROOT / "test/fixtures/mmdeploy/class_targeted.py"


def targeted(python: str, *words: str) -> dict:
    command = [python, "-W", "ignore", str(TARGETED), *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_classes_win_that_plain_pictures_do_not_show(engine_python: str) -> None:
    report = targeted(engine_python)
    assert (report["plain"], report["targeted"]) == ([0], [0, 1, 2, 3, 4])
    assert report["same"], "the same request gives the same bytes"
    assert report["range"] == pytest.approx([0, 255], abs=1e-3), "a picture has no other values"
    assert report["learns"], "the model is as it was"
    assert report["large"], "a large picture would take minutes"


def test_without_the_search_they_do_not(engine_python: str) -> None:
    report = targeted(engine_python, "still")
    assert (report["plain"], report["targeted"]) == ([0], [0])
