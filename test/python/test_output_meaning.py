"""Masks, padding and clipping of a detector: said where the references show them, and not said where they do not."""

import pytest
from engine_script import in_engine

SCRIPT = """
from types import SimpleNamespace
import numpy as np
import onnx
from mmengine.config import ConfigDict
from onnx import TensorProto, helper
from edge_engine.references import References
from edge_mmdeploy.graph_ends import Ends
from edge_mmdeploy.output_meaning import Shown, boxes, masks

names = ["dets", "labels", "masks"]
nodes = [helper.make_node("NonMaxSuppression", ["x", "x"], ["n"]), helper.make_node(given["op"], ["x"], ["masks"])]
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", *names)]
ends = Ends(helper.make_model(helper.make_graph(nodes, "g", values[:1], values[1:])))
references = References()
for number, (size, mask, rows) in enumerate(given["cases"]):
    dets = np.array([[row[:5] for row in rows]], np.float32)
    labels = np.array([[row[5] for row in rows]], np.int64)
    references.add(f"case-{number}", "random", {
        "in": {"input": np.zeros((1, 3, *size), np.float32)},
        "fp32": {"dets": dets, "labels": labels, "masks": np.zeros((1, len(rows), *mask), np.float32)},
    })
settings = ConfigDict(post_processing=dict(keep_top_k=100))
source = SimpleNamespace(
    deploy=SimpleNamespace(codebase_config=settings),
    config=SimpleNamespace(model=ConfigDict(test_cfg=dict(rcnn=dict(mask_thr_binary=0.4, max_per_img=7)))),
)
shown = Shown(ends, source, references, "input")
print(json.dumps([boxes(shown, names), masks(shown, "masks")]))
"""
INSIDE, OUTSIDE, NOTHING, ROW = (
    [1, 2, 30, 20, 0.9, 1],
    [-1, 2, 30, 20, 0.9, 1],
    [0, 0, 0, 0, 0, -1],
    [0, 0, 0, 0, 0, 0],
)
SMALL, LARGE = [64, 64], [96, 64]


def meaning(python: str, *cases: list, op: str = "Sigmoid") -> list[dict]:
    return in_engine(python, SCRIPT, {"cases": cases, "op": op})


@pytest.mark.parametrize(
    ("name", "cases", "expected"),
    [
        ("of the box", [[SMALL, [28, 28], [INSIDE]], [LARGE, [28, 28], [INSIDE]]], "box"),
        ("of the input", [[SMALL, SMALL, [INSIDE]], [LARGE, LARGE, [INSIDE]]], "padded_input_px"),
        ("of neither", [[SMALL, [16, 16], [INSIDE]], [LARGE, [24, 16], [INSIDE]]], None),
        ("of a fixed input, smaller", [[SMALL, [28, 28], [INSIDE]]], None),
    ],
)
def test_what_a_mask_lies_on(name: str, cases: list, expected: str | None, engine_python: str) -> None:
    masks = meaning(engine_python, *cases)[1]
    assert masks.get("space") == expected
    assert (masks["activation"], masks["threshold"]) == ("sigmoid_inside", 0.4)


def test_masks_that_end_in_no_word_of_ours_have_no_activation(engine_python: str) -> None:
    masks = meaning(engine_python, [SMALL, SMALL, [INSIDE]], op="Exp")[1]
    assert masks == {"space": "padded_input_px"}


@pytest.mark.parametrize(("rows", "said"), [([INSIDE], None), ([INSIDE, OUTSIDE], False), ([ROW], None)])
def test_boxes_are_not_clipped_where_one_reaches_outside(rows: list, said: bool | None, engine_python: str) -> None:
    assert meaning(engine_python, [SMALL, SMALL, rows])[0].get("clipped") is said


@pytest.mark.parametrize(
    ("rows", "padding"),
    [
        ([INSIDE, NOTHING], {"score": 0, "label": -1}),
        ([INSIDE, NOTHING, ROW], {"score": 0}),
        ([INSIDE], {"score": 0}),
    ],
)
def test_the_label_of_rows_that_are_no_box(rows: list, padding: dict, engine_python: str) -> None:
    boxes = meaning(engine_python, [SMALL, SMALL, rows])[0]
    assert boxes["padding"] == padding
    assert boxes["max_k"] == 7
