"""Whether a model can be computed in float64: else float32 is compared with itself."""

import numpy as np
import torch

from edge_engine.failure import last_line

from .evaluate import Evaluator, kept_double
from .unpatched import FAILED


def fp64_problem(evaluator: Evaluator, tensors: list[torch.Tensor]) -> str | None:
    """None where one of the tensors goes through."""
    problem = None
    with evaluator.in_double():
        for tensor in tensors:
            try:
                return _single_outputs(evaluator, tensor)
            except FAILED as error:
                problem = f"the source model cannot be computed in float64: {last_line(error)[:200]}"
    return problem


def head_shapes(evaluator: Evaluator, tensor: torch.Tensor) -> dict[str, tuple[int, ...]]:
    """Of what the rewritten heads give for one input, or gave for one of that shape just now; empty where they fail."""
    try:
        if evaluator.shape != tensor.shape:
            evaluator.outputs(tensor)
    except FAILED:
        return {}
    return {name: value.shape for name, value in evaluator.heads.items()}


def _single_outputs(evaluator: Evaluator, tensor: torch.Tensor) -> str | None:
    with kept_double():
        outputs = evaluator.outputs(tensor.double())
    single = sorted(name for name, array in outputs.items() if array.dtype == np.float32)
    return f"the source model always gives {', '.join(single)} in float32" if single else None
