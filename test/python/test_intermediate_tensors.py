"""Raw heads and what reaches the suppression: named in the graph, with values of the unpatched source model."""

import json
import subprocess

import pytest
from engine_process import ROOT, Run
from reference_file import read_safetensors

INTERMEDIATE = ROOT / "test/fixtures/mmdeploy/intermediate.py"
LEVELS = [f"raw.{part}.{level}" for part in ("bbox_preds", "cls_scores") for level in range(3)]
NAMES = {"cls": ["raw.logits"], "det": ["nms.boxes", "nms.scores", *LEVELS], "seg": ["raw.logits"]}


def intermediate(python: str, run: Run, *broken: str) -> dict:
    command = [python, "-W", "ignore", str(INTERMEDIATE), str(run.output), *broken]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.mark.parametrize("kind", NAMES)
def test_the_graph_has_what_the_source_models_heads_predict(
    kind: str, converted: dict[str, Run], engine_python: str
) -> None:
    report = intermediate(engine_python, converted[kind])
    assert sorted(report) == NAMES[kind]
    assert {name: each["ratio"] for name, each in report.items() if not each["ratio"] <= 8} == {}
    assert all(each["spread"] > 0 for each in report.values())
    for name, each in report.items():
        assert each["origin"] == ("rewritten" if name.startswith("nms") else "source")


@pytest.mark.parametrize(
    ("kind", "tensor"), [("cls", "raw.logits"), ("det", "raw.cls_scores.2"), ("seg", "raw.logits")]
)
def test_one_percent_in_one_channel_of_a_head_shows(
    kind: str, tensor: str, converted: dict[str, Run], engine_python: str
) -> None:
    assert intermediate(engine_python, converted[kind], tensor)[tensor]["ratio"] > 50


@pytest.mark.parametrize("kind", NAMES)
def test_the_interface_of_the_graph_is_as_without_them(kind: str, converted: dict[str, Run]) -> None:
    outputs = [port["name"] for port in converted[kind].result["outputs"]]
    assert outputs == (["dets", "labels"] if kind == "det" else ["output"])


@pytest.mark.parametrize("kind", NAMES)
def test_values_are_enough_evidence_and_in_both_precisions(kind: str, converted: dict[str, Run]) -> None:
    tensors, _ = read_safetensors(converted[kind].output / "references.safetensors")
    for name in NAMES[kind]:
        single = {key: array for key, array in tensors.items() if key.endswith(f"/aux/fp32/{name}")}
        assert len(single) >= (3 if kind == "cls" else 2)
        assert all(array.dtype == "float32" for array in single.values())
        if kind == "cls":
            assert sum(len(array) for array in single.values()) >= 8
        for key, array in single.items():
            double = tensors[key.replace("/fp32/", "/fp64/")]
            assert (double.dtype, double.shape) == ("float64", array.shape)


def test_what_reaches_the_suppression_is_there_for_every_usual_case(converted: dict[str, Run]) -> None:
    tensors, metadata = read_safetensors(converted["det"].output / "references.safetensors")
    usual = {key[:-5] for key, kind in metadata.items() if key.endswith("/kind") and kind in ("real", "random")}
    for name in ("nms.boxes", "nms.scores"):
        assert {key.split("/")[0] for key in tensors if key.endswith(f"/aux/fp64/{name}")} == usual


@pytest.mark.parametrize("kind", NAMES)
def test_the_result_says_which_tensors_can_be_compared(kind: str, converted: dict[str, Run]) -> None:
    assert "left_out" not in converted[kind].result["environment"]
    _, metadata = read_safetensors(converted[kind].output / "references.safetensors")
    assert sorted(key[6:] for key in metadata if key.startswith("inner/")) == NAMES[kind]
