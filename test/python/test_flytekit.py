"""Configurations of flytekit's plugins, read without running their file, with the tables of the real engines."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = [
    {**json.loads(path.read_text()), "engine": path.parent.name}
    for path in sorted((ROOT / "components").glob("*/flytekit.json"))
]


def read(text: str, folder: Path) -> dict[str, Any]:
    file, tables = folder / "wf.py", folder / "tables.json"
    file.write_text(text)
    tables.write_text(json.dumps(TABLES))
    script = ROOT / "components/_flytekit/read_file.py"
    done = subprocess.run([sys.executable, "-B", script, file, tables], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


SKLEARN = """
from typing import Annotated
from flytekit import task
from flytekitplugins.onnxscikitlearn import ScikitLearn2ONNX, ScikitLearn2ONNXConfig
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.linear_model import LogisticRegression
from mytf import LogShift
import converters
COLUMNS = 4

raise SystemExit("this file is never run")

@task
def train() -> Annotated[ScikitLearn2ONNX, ScikitLearn2ONNXConfig(
    initial_types=[("x", FloatTensorType([None, COLUMNS])), ("s", StringTensorType())],
    target_opset=12,
    name=None,
    options={LogisticRegression: {"zipmap": False}},
    custom_conversion_functions={LogShift: converters.convert},
    custom_shape_calculators={LogShift: converters.shape},
    black_op={"LinearClassifier", "Scaler"},
    final_types=[("label", None), ("scores", FloatTensorType([None, 3]))],
)]:
    ...
"""
TENSORFLOW = """
import tensorflow as tf
from flytekitplugins.onnxtensorflow import TensorFlow2ONNX, TensorFlow2ONNXConfig as Config
from onnx.helper import make_opsetid
from handlers import lgamma, rewrite
use(Config(
    (tf.TensorSpec((None, 32, 32, 3), tf.float32, name="image"), tf.TensorSpec([None, 2])),
    opset=13, custom_ops={"Lgamma": "my.domain"}, target=["rs6"], extra_opset=[make_opsetid("com.microsoft", 1)],
    custom_op_handlers={"Lgamma": (lgamma, []), "Erf": lgamma}, custom_rewriter=[rewrite],
    shape_override={"image:0": [1, 32, 32, 3]}, inputs_as_nchw=["image"], large_model=False,
))
"""
TORCH = """
import torch
import flytekitplugins.onnxpytorch as plugin
SIZE = 224
config = plugin.PyTorch2ONNX.with_config(
    args=(torch.randn(1, 3, SIZE, SIZE, requires_grad=True), torch.randint(0, 10, (2, 5)),
          torch.zeros((3,), dtype=torch.long)),
    input_names=["x"], dynamic_axes={"x": {0: "batch"}}, opset_version=17, do_constant_folding=True,
    training=torch.onnx.TrainingMode.EVAL,
)
"""


def test_sklearn(tmp_path: Path) -> None:
    found = read(SKLEARN, tmp_path)
    assert found["problems"] == []
    (call,) = found["calls"]
    assert (call["engine"], call["line"]) == ("sklearn", 14)
    assert call["options"] == {
        "initial_types": [
            {"name": "x", "type": "FloatTensorType", "shape": [None, 4]},
            {"name": "s", "type": "StringTensorType"},
        ],
        "target_opset": 12,
        "options": {"LogisticRegression": {"zipmap": False}},
        "custom_conversion_functions": {"mytf.LogShift": "converters.py:convert"},
        "custom_shape_calculators": {"mytf.LogShift": "converters.py:shape"},
        "black_op": ["LinearClassifier", "Scaler"],
        "final_types": [{"name": "label"}, {"name": "scores", "type": "FloatTensorType", "shape": [None, 3]}],
    }
    assert "put converters.py beside the model, for convert" in call["notes"]


def test_tensorflow(tmp_path: Path) -> None:
    found = read(TENSORFLOW, tmp_path)
    assert found["problems"] == []
    (call,) = found["calls"]
    assert call["engine"] == "tensorflow"
    assert call["options"] == {
        "input_signature": [
            {"name": "image", "shape": [None, 32, 32, 3], "dtype": "float32"},
            {"shape": [None, 2]},
        ],
        "opset": 13,
        "custom_ops": {"Lgamma": "my.domain"},
        "target": ["rs6"],
        "extra_opset": [{"domain": "com.microsoft", "version": 1}],
        "custom_op_handlers": {"Lgamma": "handlers.py:lgamma", "Erf": "handlers.py:lgamma"},
        "custom_rewriter": ["handlers.py:rewrite"],
        "shape_override": {"image:0": [1, 32, 32, 3]},
        "inputs_as_nchw": ["image"],
        "large_model": False,
    }


def test_torch(tmp_path: Path) -> None:
    found = read(TORCH, tmp_path)
    assert found["problems"] == []
    (call,) = found["calls"]
    assert call["engine"] == "torch"
    assert call["options"] == {
        "args": [
            {"shape": [1, 3, 224, 224], "generator": "normal"},
            {"shape": [2, 5], "dtype": "int64", "low": 0, "high": 9, "generator": "integers"},
            {"shape": [3], "generator": "zeros", "dtype": "int64"},
        ],
        "input_names": ["x"],
        "dynamic_axes": {"x": {"0": "batch"}},
        "opset_version": 17,
        "do_constant_folding": True,
        "training": "EVAL",
    }


CALL = "from flytekitplugins.onnxscikitlearn import ScikitLearn2ONNXConfig\nScikitLearn2ONNXConfig("


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("target_opset=X.shape[1]", "target_opset: `X.shape[1]` is known only when the file runs"),
        ("target_opset=6 + 6", "`6 + 6` is known only"),
        ("target_opset=opset", "`opset` is known only"),
        ("**CONFIG", "** is known only when the file runs"),
        ("target_opst=12", "has no key target_opst: did you mean target_opset?"),
        ("naming='x'", "naming is not carried over"),
        ("options={id(model): {}}", "`id(model)` is known only"),
        ("options={**A}", "`A` is known only"),
        ("initial_types=[('x',)]", "a pair of a name and a type"),
        ("initial_types=types()", "`types()` is known only"),
        ("custom_parsers={A: lambda: 0}", "`lambda: 0` is known only"),
        ("custom_parsers={A: fn}", "`fn` is known only"),
        ("name=f'{x}'", "is known only"),
        ("name=[x for x in y]", "is known only"),
    ],
)
def test_what_cannot_be_carried_over_is_said_with_its_place(arguments: str, says: str, tmp_path: Path) -> None:
    (found,) = read(f"{CALL}{arguments})\n", tmp_path)["problems"]
    assert says in found["message"]
    assert found["line"] == 2
    assert found["column"] > 20


@pytest.mark.parametrize(
    "text",
    ["def", "\0", "(" * 5000, "x = '", "\udc80".encode("utf-8", "surrogateescape").decode("latin-1") + " ?"],
)
def test_what_is_no_python_is_one_problem(text: str, tmp_path: Path) -> None:
    found = read(text, tmp_path)
    assert found["calls"] == []
    assert found["problems"][0]["message"].startswith("it is not Python: ")


def test_a_constant_that_is_set_twice_is_computed(tmp_path: Path) -> None:
    found = read(f"N = 12\nN = 13\n{CALL}target_opset=N)\n", tmp_path)
    assert "`N` is known only" in found["problems"][0]["message"]


def test_each_call_is_found_once_and_calls_of_others_are_not(tmp_path: Path) -> None:
    text = (
        "from flytekitplugins.onnxscikitlearn import ScikitLearn2ONNX, ScikitLearn2ONNXConfig\n"
        "ScikitLearn2ONNX.with_config(ScikitLearn2ONNXConfig(target_opset=12))\n"
        "ScikitLearn2ONNX.with_config(target_opset=13)\n"
        "Other.with_config(target_opset=14)\nOtherConfig(target_opset=15)\n"
    )
    calls = read(text, tmp_path)["calls"]
    assert [call["options"] for call in calls] == [{"target_opset": 12}, {"target_opset": 13}]
