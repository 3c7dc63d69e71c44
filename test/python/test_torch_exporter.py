"""Which exporter the engine torch takes: without torch."""

import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "components/torch"))

from edge_engine.failure import Failure
from edge_torch.exporter import ONLY_TORCHSCRIPT, choose_exporter
from edge_torch.file_form import form_of

OTHER: dict[str, Any] = {
    "training": "TRAINING",
    "export_params": False,
    "do_constant_folding": False,
    "custom_opsets": {"a.b": 1},
    "export_modules_as_functions": True,
    "operator_export_type": "ONNX_FALLTHROUGH",
}


@pytest.mark.parametrize(
    ("options", "form", "exporter", "opset"),
    [
        ({}, "pickle", "dynamo", 18),
        ({"opset_version": 21}, "pickle", "dynamo", 21),
        ({"opset_version": 13}, "pickle", "torchscript", 13),
        ({"exporter": "torchscript"}, "pickle", "torchscript", 17),
        ({}, "torchscript", "torchscript", 17),
        ({}, "exported", "dynamo", 18),
        *[({name: value}, "pickle", "torchscript", 17) for name, value in OTHER.items()],
        *[({name: values[0]}, "pickle", "dynamo", 18) for name, values in ONLY_TORCHSCRIPT.items()],
    ],
)
def test_the_only_exporter_that_heeds_the_options(
    options: dict[str, Any], form: Any, exporter: str, opset: int
) -> None:
    choice = choose_exporter(options, form, has_dynamo=True, newest=23)
    assert (choice.exporter, choice.opset) == (exporter, opset)


def test_every_option_that_dynamo_ignores_is_tried_here() -> None:
    assert set(OTHER) == set(ONLY_TORCHSCRIPT)


@pytest.mark.parametrize(
    ("options", "form", "code"),
    [
        *[({"exporter": "dynamo", name: value}, "pickle", "exporter-contradiction") for name, value in OTHER.items()],
        *[({name: value}, "exported", "exporter-contradiction") for name, value in OTHER.items()],
        ({"exporter": "dynamo", "opset_version": 17}, "pickle", "exporter-contradiction"),
        ({"exporter": "dynamo"}, "torchscript", "exporter-contradiction"),
        ({"exporter": "torchscript"}, "exported", "exporter-contradiction"),
        ({"exporter": "torchscript", "opset_version": 24}, "pickle", "opset-out-of-range"),
        ({"opset_version": 17}, "exported", "opset-out-of-range"),
    ],
)
def test_two_wishes_that_contradict_each_other(options: dict[str, Any], form: Any, code: str) -> None:
    with pytest.raises(Failure) as raised:
        choose_exporter(options, form, has_dynamo=True, newest=23)
    assert raised.value.code == code
    assert "torch" in str(raised.value)


def test_an_old_torch_has_no_dynamo() -> None:
    assert choose_exporter({}, "pickle", has_dynamo=False, newest=17).exporter == "torchscript"
    with pytest.raises(Failure, match="no dynamo"):
        choose_exporter({"exporter": "dynamo"}, "pickle", has_dynamo=False)
    with pytest.raises(Failure, match="7 to 16"):
        choose_exporter({"opset_version": 17}, "pickle", has_dynamo=False, newest=16)


def _zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return path


@pytest.mark.parametrize(
    ("names", "form"),
    [
        (("model/data.pkl", "model/version"), "pickle"),
        (("model/code/__torch__.py", "model/data.pkl"), "torchscript"),
        (("model/archive_format", "model/models/model.json"), "exported"),
    ],
)
def test_a_zip_by_the_names_in_it(tmp_path: Path, names: tuple[str, ...], form: str) -> None:
    # Whatever the file is called.
    assert form_of(_zip(tmp_path / "model.bin", *names)) == form


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "checkpoint-unreadable", "empty"),
        (b"PK\x03\x04 and no more", "checkpoint-unreadable", "zip"),
        (b"no model", "checkpoint-unreadable", "neither"),
        (b"<html>", "checkpoint-form", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "checkpoint-form", "LFS"),
        (b"\x89HDF\r\n\x1a\n", "checkpoint-form", "Keras"),
        (b"\x08\x08\x12\x07pytorch", "checkpoint-form", "ONNX"),
    ],
)
def test_what_is_not_a_checkpoint(tmp_path: Path, content: bytes, code: str, words: str) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(content)
    with pytest.raises(Failure, match=words) as raised:
        form_of(path)
    assert raised.value.code == code


def test_a_skops_file_is_for_another_engine(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="skops") as raised:
        form_of(_zip(tmp_path / "model.bin", "schema.json"))
    assert "scikit-learn" in raised.value.hint
