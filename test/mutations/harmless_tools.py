"""What tools make of a model: ONNX Runtime's own optimisation, external data."""

from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime

import onnx

from .registry import harmless


def _optimised(title: str, level: onnxruntime.GraphOptimizationLevel) -> None:
    @harmless(title)
    def edit(model: onnx.ModelProto) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "optimised.onnx"
            options = onnxruntime.SessionOptions()
            options.graph_optimization_level = level
            options.optimized_model_filepath = str(path)
            options.log_severity_level = 4
            onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            model.CopyFrom(onnx.load(str(path)))


_optimised("constants folded by ONNX Runtime", onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC)
_optimised("operators fused by ONNX Runtime", onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED)
