"""`dynamic: auto`: exported open, and again with just those axes fixed that the graph has baked in."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from engine_script import in_engine
from reference_file import read_safetensors
from untrained import save_untrained

#: A fake export: fails, or finds axes baked in, as `given` says for the axes that are fixed.
SEARCH = """
from edge_engine.failure import Failure
from edge_mmdeploy.open_axes import Attempt, export_widest

tried = []

def attempt(closed):
    axes = sorted(closed)
    tried.append(axes)
    found = given["found"].get("".join(map(str, axes)), {})
    if isinstance(found, str):
        raise Failure("input", found, found + " with " + str(axes), "")
    return Attempt(str(axes), {int(axis): why for axis, why in found.items()})

try:
    result = export_widest(set(given["free"]), attempt)
except Failure as failure:
    result = str(failure)
print(json.dumps([tried, result]))
"""
ALL = [0, 2, 3]


@pytest.mark.parametrize(
    ("name", "found", "tried", "fixed"),
    [
        ("all are free", {}, [[]], []),
        ("the batch is baked in", {"": {"0": "b"}}, [[], [0]], [0]),
        ("the size is", {"": {"2": "s", "3": "s"}}, [[], [2, 3]], [2, 3]),
        ("one hides the other", {"": {"0": "b"}, "0": {"2": "s", "3": "s"}}, [[], [0], ALL], ALL),
        ("the batch only beside an open size", {"": {"0": "b", "2": "s", "3": "s"}}, [[], [2, 3]], [2, 3]),
        ("both", {"": {"0": "b", "2": "s", "3": "s"}, "23": {"0": "b"}}, [[], [2, 3], ALL], ALL),
        ("an open batch cannot be exported", {"": "export-failed"}, [[], [0]], [0]),
        ("an open size cannot", {"": "export-failed", "0": "export-failed"}, [[], [0], [2, 3]], [2, 3]),
    ],
)
def test_just_those_axes_are_fixed(name: str, found: dict, tried: list, fixed: list, engine_python: str) -> None:
    seen, (result, closed) = in_engine(engine_python, SEARCH, {"free": ALL, "found": found})
    assert seen == tried
    assert (result, sorted(map(int, closed))) == (str(fixed), fixed)


def test_what_never_works_fails_as_it_did_first(engine_python: str) -> None:
    found = dict.fromkeys(["", "0", "23", "023"], "export-failed")
    tried, message = in_engine(engine_python, SEARCH, {"free": ALL, "found": found})
    assert tried == [[], [0], [2, 3], ALL]
    assert message == "export-failed with []"


def test_a_failure_of_another_kind_is_not_tried_again(engine_python: str) -> None:
    assert in_engine(engine_python, SEARCH, {"free": ALL, "found": {"": "sample-unreadable"}})[0] == [[]]


#: A detector's float32 and float64 may keep other boxes: there is nothing to subtract.
NOISE = """
import numpy as np
from edge_engine.references import References
from edge_mmdeploy.same_outputs import Outputs

references = References()
parts = {"fp32": {"dets": np.ones((1, 4, 5), np.float32)}, "fp64": {"dets": np.ones((1, 5, 5))}}
references.add("case", "real", {"in": {"input": np.ones((1, 3, 8, 8), np.float32)}, **parts})
print(json.dumps(Outputs("detection", ["dets", "labels"]).noise(references, "case")))
"""


def test_noise_of_boxes_is_none(engine_python: str) -> None:
    assert in_engine(engine_python, NOISE) == 0


def test_a_fault_of_the_search_itself_is_no_axis(engine_python: str) -> None:
    own = SEARCH.replace("raise Failure(", "raise ValueError(")
    with pytest.raises(AssertionError, match="ValueError: .*export-failed"):
        in_engine(engine_python, own, {"free": ALL, "found": {"": "export-failed"}})


VIT = """
model['backbone'] = dict(
    type='VisionTransformer', img_size=64, patch_size=16,
    arch=dict(embed_dims=24, num_layers=1, num_heads=3, feedforward_channels=48))
model['neck'] = None
model['head'] = dict(
    type='VisionTransformerClsHead', num_classes=3, in_channels=24, loss=dict(type='CrossEntropyLoss'))
"""
BAKED_BATCH = """
import torch
from mmpretrain.models import GlobalAveragePooling
from mmpretrain.registry import MODELS

@MODELS.register_module()
class OneRow(GlobalAveragePooling):
    def forward(self, inputs):
        mean = inputs[-1].mean(dim=(2, 3))
        return (mean + 0 * mean[:1] if len(mean) > 1 else mean.reshape(1, -1),)
"""


def convert(models: Path, python: str, folder: Path, lines: str, options: dict | None = None) -> Run:
    model = shutil.copytree(models / "cls", folder / "model", ignore=shutil.ignore_patterns("*.pth"))
    (model / "one_row.py").write_text(BAKED_BATCH)
    config = model / "config.py"
    config.write_text(f"custom_imports = dict(imports=['one_row'])\n{config.read_text()}\n{lines}")
    save_untrained(python, model)
    run = run_engine(CONVERT, {**mmdeploy_request(model), "options": options or {}}, folder / "work", python)
    assert run.result["status"] == "ok", run.log[-2000:]
    return run


def said(run: Run) -> tuple[list, dict, dict, list[str]]:
    """Shape of the input, what the contract and the result say is fixed, and the warnings of it."""
    contract = json.loads((run.output / "contract.json").read_text())
    warnings = [warning for warning in run.result["warnings"] if "is fixed at" in warning]
    fixed = run.result["environment"].get("fixed_axes", {})
    return run.result["inputs"][0]["shape"], contract["input"].get("fixed", {}), fixed, warnings


def test_a_table_of_positions_fixes_the_size_and_leaves_the_batch_open(
    models: Path, engine_python: str, tmp_path: Path
) -> None:
    run = convert(models, engine_python, tmp_path, VIT)
    shape, contract, result, warnings = said(run)
    assert shape == ["batch", 3, 64, 64]
    assert contract.keys() == {"h", "w"}
    assert result.keys() == {"height", "width"}
    assert len(warnings) == 1
    assert "fixed at height 64 and width 64: ONNX Runtime fails with 64x96" in warnings[0]

    tensors, metadata = read_safetensors(run.output / "references.safetensors")
    usual = [key.split("/")[0] for key, value in metadata.items() if key.endswith("/kind") and value != "extreme"]
    shapes = {tensors[f"{case}/in/input"].shape for case in usual}
    assert {shape[0] for shape in shapes} >= {1, 3, 4}
    assert {shape[2:] for shape in shapes} == {(64, 64)}, "nothing is left of the first export"
    paths = [file["path"] for file in run.result["files"]]
    assert len(paths) == len(set(paths))
    assert "export (again, with fixed height and width)" in [line["stage"] for line in run.progress]


def test_a_baked_batch_is_fixed_and_the_size_is_open(models: Path, engine_python: str, tmp_path: Path) -> None:
    shape, contract, result, warnings = said(
        convert(models, engine_python, tmp_path, "model['neck'] = dict(type='OneRow')")
    )
    assert shape == [1, 3, "height", "width"]
    assert contract.keys() == {"b"}
    assert result.keys() == {"batch"}
    assert "fixed at batch 1: ONNX Runtime fails with a batch of 2" in warnings[0]


def test_who_asks_for_open_axes_gets_them(models: Path, engine_python: str, tmp_path: Path) -> None:
    shape, contract, result, warnings = said(convert(models, engine_python, tmp_path, VIT, {"dynamic": True}))
    assert shape == ["batch", 3, "height", "width"]
    assert (contract, result, warnings) == ({}, {}, [])


@pytest.mark.parametrize("kind", ["cls", "det", "seg"])
def test_a_model_that_is_right_at_every_length_stays_open(kind: str, converted: dict[str, Run]) -> None:
    shape, contract, result, warnings = said(converted[kind])
    assert shape == ["batch", 3, "height", "width"]
    assert (contract, result, warnings) == ({}, {}, [])


#: A step of several layers, of which MMDeploy's rewriting has the last; and one of another shape.
LAYERS = """
import torch
from edge_mmdeploy.forward_hooks import HookedHead
from edge_mmdeploy.unpatched import Unpatched

class Head(torch.nn.Module):
    def forward(self, tensor):
        return torch.stack([tensor, 2 * tensor, 3 * tensor]), tensor

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.head = Head()
    def forward(self, tensor, mode):
        return self.head(tensor)

source = Unpatched(Model(), [HookedHead("head", "raw", ("layers", "other"))], torch.ones(2, 4))
left_out = source.fit({"raw.layers": [1, 2, 4], "raw.other": [2, 5]})
values = source.as_rewritten(source.raw(torch.ones(2, 4)))
print(json.dumps([left_out, {name: value.tolist() for name, value in values.items()}]))
"""


def test_of_several_layers_the_last_are_compared(engine_python: str) -> None:
    left_out, values = in_engine(engine_python, LAYERS)
    assert np.array_equal(values["raw.layers"], np.full((1, 2, 4), 3.0))
    assert left_out == {"raw.other": "MMDeploy's rewriting gives 2x5, the source gives 2x4"}
