"""A static method that MMDeploy rewrites is static again afterwards: the source model of a Swin still runs."""

from engine_script import in_engine

SCRIPT = """
import inspect
import torch
from mmengine.config import Config
from mmpretrain.models.utils import ShiftWindowMSA
from mmdeploy.core import RewriterContext
import mmdeploy.codebase.mmpretrain.models  # registers its rewritings
if given:
    from edge_mmdeploy.static_methods import keep_static_methods
    keep_static_methods()
with RewriterContext(Config({"onnx_config": {}}), backend="onnxruntime", opset=11):
    rewritten = ShiftWindowMSA.__dict__["get_attn_mask"]
back = ShiftWindowMSA.__dict__["get_attn_mask"]
print(json.dumps([isinstance(rewritten, staticmethod), isinstance(back, staticmethod)]))
"""


def test_it_is_static_again(engine_python: str) -> None:
    assert in_engine(engine_python, SCRIPT, True) == [False, True]


def test_mmdeploy_alone_does_not_put_it_back(engine_python: str) -> None:
    assert in_engine(engine_python, SCRIPT, False) == [False, False]
