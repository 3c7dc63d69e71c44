"""Transforms of OpenMMLab in the contract's words; runs in the engine's environment."""

import pytest
from engine_script import in_engine

SCRIPT = """
import types
import torch
from edge_mmdeploy.preprocess import preprocess_steps
pipeline, shape, settings = given
preprocessor = types.SimpleNamespace(**settings)
for part in ("mean", "std"):
    if part in settings:
        setattr(preprocessor, part, torch.tensor(settings[part]).view(-1, 1, 1))
config = types.SimpleNamespace(test_pipeline=pipeline)
print(json.dumps(preprocess_steps(config, shape, types.SimpleNamespace(data_preprocessor=preprocessor))))
"""
LOAD = {"type": "LoadImageFromFile"}
DECODE = {"decode": "bgr8", "exif_rotate": True}
PLAIN = {"normalize": {"order": "bgr", "range": "0..255", "mean": [0.0] * 3, "std": [1.0] * 3}}


def linear(**said: object) -> dict:
    return {**said, "interp": "cv2.linear", "antialias": False}


ROWS = [
    ({"type": "Resize", "scale": (8, 4)}, [linear(resize="stretch", to=[8, 4])]),
    ({"type": "mmdet.Resize", "scale": (8, 4), "keep_ratio": True}, [linear(resize="keep_ratio", to=[8, 4])]),
    ({"type": "ResizeEdge", "scale": 8}, [linear(resize="short_edge", to=8)]),
    (
        {"type": "ResizeEdge", "scale": 8, "backend": "pillow", "interpolation": "bicubic"},
        [{"resize": "short_edge", "to": 8, "interp": "pillow.cubic", "antialias": True}],
    ),
    ({"type": "Resize", "scale": 8, "interpolation": "box"}, [{"opaque": "stretch by cv2.box"}]),
    ({"type": "ResizeEdge", "scale": 8, "edge": "width"}, [{"opaque": "ResizeEdge"}]),
    ({"type": "CenterCrop", "crop_size": (8, 4)}, [{"center_crop": [8, 4]}]),
    ({"type": "CenterCrop", "crop_size": 8, "auto_pad": True}, [{"opaque": "CenterCrop"}]),
    (
        {"type": "Pad", "pad_to_square": True, "size_divisor": 32, "pad_val": {"img": (114, 114, 114)}},
        [
            {"pad": "bottom_right", "to": "square", "value": 114},
            {"pad": "bottom_right", "divisor": 32, "value": 114},
        ],
    ),
    (
        {"type": "Pad", "size": (8, 4), "pad_val": [1, 2, 3]},
        [{"pad": "bottom_right", "to": [8, 4], "value": [1, 2, 3]}],
    ),
    ({"type": "Pad", "size": (8, 4), "padding_mode": "edge"}, [{"opaque": "Pad"}]),
    ({"type": "EfficientNetCenterCrop", "crop_size": 8}, [{"opaque": "EfficientNetCenterCrop"}]),
]


def steps(python: str, pipeline: list, shape: object = None, settings: object = None) -> list[dict]:
    return in_engine(python, SCRIPT, [pipeline, shape, settings or {}])


def test_each_transform_in_the_contracts_words(engine_python: str) -> None:
    found = steps(engine_python, [LOAD, *(transform for transform, _ in ROWS)])
    assert found == [DECODE, *(step for _, said in ROWS for step in said), PLAIN]


def test_a_picture_that_is_read_in_another_way(engine_python: str) -> None:
    read = {**LOAD, "color_type": "color_ignore_orientation", "to_float32": True, "imdecode_backend": "pillow"}
    assert steps(engine_python, [read])[0] == {
        "decode": "bgr8",
        "exif_rotate": False,
        "backend": "pillow",
        "to": "f32",
    }
    assert steps(engine_python, [{**LOAD, "color_type": "grayscale"}])[0]["decode"] == "gray8"
    assert steps(engine_python, [{**LOAD, "color_type": "unchanged"}])[1] == {"opaque": "LoadImageFromFile"}
    assert steps(engine_python, [])[0] == DECODE


@pytest.mark.parametrize("turn", ["_channel_conversion", "channel_conversion", "to_rgb"])
def test_the_preprocessor_says_order_mean_and_padding(engine_python: str, turn: str) -> None:
    settings = {turn: True, "mean": [123.675, 116.28, 103.53], "std": [58.395], "pad_size_divisor": 32, "pad_value": 0}
    assert steps(engine_python, [LOAD], None, settings)[1:] == [
        {"normalize": {"order": "rgb", "range": "0..255", "mean": [123.675, 116.28, 103.53], "std": [58.395] * 3}},
        {"pad": "bottom_right", "divisor": 32, "value": 0},
    ]


def test_a_segmentor_pads_where_it_is_told_to(engine_python: str) -> None:
    settings = {"test_cfg": {"size": [4, 8]}, "pad_val": 7}
    assert steps(engine_python, [LOAD], None, settings)[-1] == {"pad": "bottom_right", "to": [8, 4], "value": 7}


def test_an_input_size_of_the_options_stretches(engine_python: str) -> None:
    pipeline = [LOAD, {"type": "Resize", "scale": (8, 4), "keep_ratio": True}, {"type": "Pad", "size": (8, 8)}]
    assert steps(engine_python, pipeline, [6, 2])[1:3] == [
        linear(resize="stretch", to=[6, 2]),
        {"pad": "bottom_right", "to": [6, 2], "value": 0},
    ]
