"""What to do where a module refuses its arguments."""

from typing import Any

import torch

#: Of weights that take no float32, what the arguments or the module must be.
NARROW = {
    torch.float16: "Its weights are float16: say `dtype: float16` in torch.args, or let build() end in .float().",
    torch.bfloat16: "Its weights are bfloat16, which onnxruntime-node cannot run: let build() end in .float().",
}


def misfit_hint(error: Exception, module: Any) -> str:
    """One sentence or two, by what it said and what its weights are."""
    said = str(error)
    if isinstance(error, TypeError) and "missing" in said and "argument" in said:
        return (
            "Give torch.args an entry for each tensor of forward. What is no tensor, as a text or a number, needs a "
            "default in forward, or a module in build() that calls yours with it."
        )
    if isinstance(error, TypeError):
        return (
            "Give torch.args as many entries as forward takes by place. What it takes by name alone, or as a tuple or "
            "a list, needs a module in build() that calls yours with it."
        )
    if "dtype" in said or "scalar type" in said:
        kinds = {tensor.dtype for tensor in module.parameters()}
        return next((hint for kind, hint in NARROW.items() if kind in kinds), "Correct torch.args in conversion.yaml.")
    return "Correct torch.args in conversion.yaml."
