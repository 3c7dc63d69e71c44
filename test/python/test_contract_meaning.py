"""contract.json says what the graph does: activation, choice of labels, masks, lengths, and nothing else."""

import json
import shutil
from pathlib import Path

import pytest
from engine_process import CONVERT, Run, mmdeploy_request, run_engine
from untrained import save_untrained

LABELS = "model['head'] = dict(type='{head}', num_classes=3, in_channels=64, {rule})"
#: The same decisions, but no MultiLabelClsHead: MMDeploy puts a softmax behind it.
OWN_HEAD = """
from mmpretrain.models import LinearClsHead
from mmpretrain.registry import MODELS

@MODELS.register_module()
class OwnLabels(LinearClsHead):
    thr, topk = 0.5, None
"""


def classifier(models: Path, python: str, folder: Path, head: str, rule: str = "thr=0.5") -> Run:
    model = shutil.copytree(models / "cls", folder / "model", ignore=shutil.ignore_patterns("*.pth"))
    (model / "own_labels.py").write_text(OWN_HEAD)
    config = model / "config.py"
    lines = [
        "custom_imports = dict(imports=['own_labels'], allow_failed_imports=False)",
        config.read_text(),
        LABELS.format(head=head, rule=rule),
        "model['neck'] = None" if head == "CSRAClsHead" else "",
    ]
    config.write_text("\n".join(lines))
    save_untrained(python, model)
    return run_engine(CONVERT, mmdeploy_request(model), folder / "work", python)


def contract_of(run: Run) -> dict:
    assert run.result["status"] == "ok", run.log[-2000:]
    return json.loads((run.output / "contract.json").read_text())


@pytest.mark.parametrize(
    ("head", "rule", "meaning", "steps"),
    [
        ("MultiLabelLinearClsHead", "thr=0.4", {"threshold": 0.4}, ["keep score>=0.4"]),
        ("MultiLabelLinearClsHead", "thr=None, topk=2", {"top_k": 2}, ["top 2"]),
        ("CSRAClsHead", "num_heads=1, lam=0.1, thr=0.5", {"threshold": 0.5}, ["keep score>=0.5"]),
    ],
)
def test_several_labels_may_be_true(
    head: str, rule: str, meaning: dict, steps: list, models: Path, engine_python: str, tmp_path: Path
) -> None:
    contract = contract_of(classifier(models, engine_python, tmp_path, head, rule))
    (output,) = contract["outputs"]
    assert {key: output[key] for key in output.keys() - {"name", "dtype", "shape"}} == {
        "activation": "sigmoid_inside",
        **meaning,
    }
    assert contract["postprocess"] == steps


def test_a_head_of_several_labels_behind_a_softmax_is_refused(models: Path, engine_python: str, tmp_path: Path) -> None:
    run = classifier(models, engine_python, tmp_path, "OwnLabels", "")
    error = run.result["error"]
    assert (error["kind"], error["code"]) == ("mismatch", "graph-differs")
    assert "the graph ends in a softmax" in error["message"]


def test_one_label_of_a_softmax_and_a_map_of_classes(converted: dict[str, Run]) -> None:
    classes = contract_of(converted["cls"])
    assert (classes["outputs"][0]["activation"], classes["postprocess"]) == ("softmax_inside", ["argmax"])
    places = contract_of(converted["seg"])
    assert places["outputs"][0]["activation"] == "argmax_inside"


def test_of_boxes_only_what_the_graph_and_the_references_show(converted: dict[str, Run]) -> None:
    contract = contract_of(converted["det"])
    dets, labels = contract["outputs"]
    assert "clipped" not in dets, "no box of the references reaches outside"
    assert dets["padding"]["score"] == 0
    assert contract["baked"]["class_agnostic"] is False
    assert contract["postprocess"][:3] == ["drop score<=0", "clip to image", "drop boxes without area"]


SCORES = {"codebase_config": {"type": "mmseg", "task": "Segmentation", "with_argmax": False}}


def test_a_map_of_scores_is_resized_and_then_chosen_from(models: Path, engine_python: str, tmp_path: Path) -> None:
    request = {**mmdeploy_request(models / "seg"), "options": {"deploy_config": SCORES}}
    contract = contract_of(run_engine(CONVERT, request, tmp_path, engine_python))
    assert contract["outputs"][0]["activation"] == "none"
    assert "ignore_index" not in contract["outputs"][0]
    assert contract["postprocess"] == ["crop padding", "linear resize to original", "argmax"]


@pytest.mark.parametrize(("classes", "named"), [(("shape",), ["background", "shape"]), (("no", "yes"), ["no", "yes"])])
def test_a_map_of_two_by_a_threshold(
    classes: tuple, named: list, models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = shutil.copytree(models / "seg", tmp_path / "model", ignore=shutil.ignore_patterns("*.pth"))
    config = model / "config.py"
    lines = [
        config.read_text(),
        f"model['decode_head'].update(num_classes={len(classes)}, out_channels=1, threshold=0.3)",
        "model['decode_head']['loss_decode'] = dict(type='CrossEntropyLoss', use_sigmoid=True)",
        f"test_dataloader['dataset']['metainfo'] = dict(classes={classes})",
    ]
    config.write_text("\n".join(lines))
    save_untrained(engine_python, model, "mmseg")
    contract = contract_of(run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python))
    output = contract["outputs"][0]
    assert output["activation"] == "threshold_inside"
    assert output["threshold"] == pytest.approx(0.3)
    assert contract["classes"] == named
