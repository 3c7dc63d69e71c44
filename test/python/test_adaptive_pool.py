"""Adaptive average pooling of the exported graph is torch's own, at every size."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from engine_process import CONVERT, mmdeploy_request, run_engine
from engine_script import in_engine
from reference_file import read_safetensors
from untrained import save_untrained

#: Exported once at one size, run by ONNX Runtime at others, or exported with the size fixed.
SCRIPT = """
import io
import onnx
import onnxruntime
import torch
from edge_mmdeploy.adaptive_pool import pool

bins, traced, sizes, is_open = given

class Pool(torch.nn.Module):
    def forward(self, tensor):
        size = list(tensor.shape[2:])
        return pool(tensor, size if is_open else [int(length) for length in size], tuple(bins))

file = io.BytesIO()
axes = {"dynamic_axes": {"in": {0: "b", 2: "h", 3: "w"}, "out": {0: "b"}}} if is_open else {}
torch.onnx.export(
    Pool(), torch.rand(1, 2, *traced), file, input_names=["in"], output_names=["out"], opset_version=11, **axes)
session = onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
apart = []
for size in sizes:
    tensor = torch.rand(2 if is_open else 1, 2, *size)
    (found,) = session.run(None, {"in": tensor.numpy()})
    expected = torch.nn.functional.adaptive_avg_pool2d(tensor.double(), bins).numpy()
    apart.append(float(abs(found - expected).max()) if found.shape == expected.shape else 1e9)
print(json.dumps([apart, [node.op_type for node in onnx.load_from_string(file.getvalue()).graph.node]]))
"""
SIZES = [[12, 12], [24, 32], [7, 11], [6, 5], [3, 40], [1, 2]]


@pytest.mark.parametrize("bins", [(6, 6), (2, 3), (3, 2), (1, 4), (None, 3), (8, None)])
def test_an_open_size_pools_as_torch_at_every_size(bins: tuple, engine_python: str) -> None:
    apart, _ = in_engine(engine_python, SCRIPT, [bins, [12, 12], SIZES, True])
    assert max(apart) < 1e-6, apart


@pytest.mark.parametrize(
    ("size", "is_plain"), [([24, 32], False), ([24, 36], True), ([7, 11], False), ([3, 3], False), ([6, 6], True)]
)
def test_a_fixed_size_pools_as_torch_and_plainly_where_bins_are_whole(
    size: list, is_plain: bool, engine_python: str
) -> None:
    apart, operators = in_engine(engine_python, SCRIPT, [[6, 6], size, [size], False])
    assert max(apart) < 1e-6
    assert ("AveragePool" in operators) == is_plain


PSP = """
model['decode_head'] = dict(
    type='PSPHead', in_channels=model['decode_head']['in_channels'], in_index=model['decode_head'].get('in_index', -1),
    channels=8, pool_scales=(1, 2, 3, 6), dropout_ratio=0, norm_cfg=dict(type='BN'), align_corners=False,
    num_classes=model['decode_head']['num_classes'], loss_decode=dict(type='CrossEntropyLoss'))
"""


def test_a_pspnet_is_its_source_at_sizes_that_are_no_multiples(
    models: Path, engine_python: str, tmp_path: Path
) -> None:
    model = shutil.copytree(models / "seg", tmp_path / "model", ignore=shutil.ignore_patterns("*.pth"))
    config = model / "config.py"
    config.write_text(f"{config.read_text()}\n{PSP}")
    save_untrained(engine_python, model, "mmseg")
    run = run_engine(CONVERT, mmdeploy_request(model), tmp_path / "work", engine_python)
    assert run.result["status"] == "ok", run.log[-2000:]
    assert run.result["inputs"][0]["shape"] == ["batch", 3, "height", "width"]

    tensors, _ = read_safetensors(run.output / "references.safetensors")
    own = {key.split("/")[0]: value for key, value in tensors.items() if "/aux/predict/" in key}
    assert len({value.shape[-2:] for value in own.values()}) > 1
    for case, expected in own.items():
        found = tensors[f"{case}/fp32/output"]
        assert np.mean(found != expected) < 1e-3, case
