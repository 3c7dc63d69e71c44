"""Every row of test/fixtures/mmdeploy/network-outcomes.json: kinds of networks, converted or refused by their cause."""

import json
from pathlib import Path

import numpy as np
import pytest
from outcome_rows import check_row, names_of, rows_of, run_table
from reference_file import read_safetensors

TABLE = "network-outcomes.json"
ROWS = rows_of(TABLE)


@pytest.fixture(scope="module")
def outcomes(engine_python: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_table(engine_python, models, TABLE, tmp_path_factory.mktemp("network-outcomes"))


@pytest.mark.parametrize("number", range(len(ROWS)), ids=names_of(ROWS))
def test_each_kind_of_network_has_its_own_clear_outcome(outcomes: Path, number: int) -> None:
    check_row(ROWS[number], outcomes / str(number))


def files_of(outcomes: Path, name: str) -> Path:
    number = next(n for n, row in enumerate(ROWS) if row["row"] == name)
    return outcomes / str(number) / "files"


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("semi-supervised", "teacher of state_dict"),
        ("semi-supervised-student", "student of state_dict"),
    ],
)
def test_of_a_semi_supervised_pair_the_one_that_predicts_is_converted(outcomes: Path, name: str, weights: str) -> None:
    good, wrapped = files_of(outcomes, "good"), files_of(outcomes, name)
    assert (wrapped / "end2end.onnx").read_bytes() == (good / "end2end.onnx").read_bytes()
    contracts = [json.loads((files / "contract.json").read_text()) for files in (good, wrapped)]
    assert contracts[1] == {**contracts[0], "weights": weights}


def test_the_masks_of_rtmdet_ins_are_named_and_of_open_size(outcomes: Path) -> None:
    outputs = json.loads((files_of(outcomes, "rtmdet-ins") / "result.json").read_text())["outputs"]
    assert [port["name"] for port in outputs] == ["dets", "labels", "masks"]
    assert outputs[2]["shape"] == ["batch", "num_dets", "mask_height", "mask_width"]


def test_the_references_hold_the_masks_of_the_source_own_prediction(outcomes: Path) -> None:
    tensors, _ = read_safetensors(files_of(outcomes, "rtmdet-ins") / "references.safetensors")
    found = [name for name in tensors if name.endswith("/aux/predict/masks")]
    assert found
    for name in found:
        case = name.partition("/")[0]
        dets, masks = tensors[f"{case}/aux/predict/dets"], tensors[name]
        images, _, height, width = tensors[f"{case}/in/input"].shape
        assert masks.dtype == np.uint8
        assert masks.shape == (images, dets.shape[1], height, width)
        assert set(np.unique(masks)) <= {0, 1}


def test_a_single_class_has_the_label_1(outcomes: Path) -> None:
    contract = json.loads((files_of(outcomes, "one-class") / "contract.json").read_text())
    assert contract["classes"] == ["background", "shape"]
    assert contract["outputs"][0]["activation"] == "threshold_inside"
