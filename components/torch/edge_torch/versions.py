"""What the torch that is installed here can do."""

import contextlib
import importlib

import torch

#: Where torch does not say it.
OLDEST_MAX = 16


def torch_version() -> tuple[int, int]:
    major, minor = torch.__version__.split("+")[0].split(".")[:2]
    return int(major), int(minor)


def has_dynamo() -> bool:
    """Its exporter keeps names of free axes from 2.6 on, and is the one that flytekit's plugin calls today."""
    return torch_version() >= (2, 6)


def newest_torchscript_opset() -> int:
    """The highest that the exporter torchscript writes."""
    with contextlib.suppress(ImportError, AttributeError):
        return int(importlib.import_module("torch.onnx._constants").ONNX_MAX_OPSET)
    return OLDEST_MAX
