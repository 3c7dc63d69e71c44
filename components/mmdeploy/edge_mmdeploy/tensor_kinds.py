"""Tensors of a checkpoint that no model takes as they are: named before torch copies them, or drops half of them."""

from collections.abc import Callable, Mapping

import torch

from edge_engine.failure import Failure
from edge_engine.words import counted

#: What is said of one, and of several.
Said = tuple[str, str]
Kind = tuple[Said, Callable[[torch.Tensor], bool], str]
#: What they are, how they are told, and what to do.
KINDS: tuple[Kind, ...] = (
    (
        (
            "has no values: it was saved on the device `meta`",
            "have no values: they were saved on the device `meta`",
        ),
        lambda value: value.device.type == "meta",
        "Save it again after loading the weights.",
    ),
    (
        ("is sparse", "are sparse"),
        lambda value: value.layout != torch.strided,
        "Save it again with dense tensors: `value.to_dense()`.",
    ),
    (
        ("is quantised", "are quantised"),
        lambda value: value.is_quantized,
        "Upload the checkpoint from before quantisation: the graph is exported in float32.",
    ),
    (
        ("is complex", "are complex"),
        lambda value: value.is_complex(),
        "Save it again with real numbers: the graph is exported in float32.",
    ),
)
INTEGERS = ("has integers, but the model has floats", "have integers, but the model has floats")
WHOLE_NEXT = "Upload the checkpoint from before its weights were converted to integers."


def check_kinds(file: str, tensors: Mapping[str, torch.Tensor]) -> None:
    """Raises Failure with the names of those that are of another kind."""
    for what, is_so, step in KINDS:
        found = [name for name, value in tensors.items() if is_so(value)]
        if found:
            raise Failure("input", "checkpoint-tensors", _message(file, found, what), step)


def check_whole_numbers(file: str, tensors: Mapping[str, torch.Tensor], model: Mapping[str, torch.Tensor]) -> None:
    """Raises Failure where a checkpoint has integers for what is a float in the model: torch copies them in silence."""
    found = [
        name
        for name, value in tensors.items()
        if name in model and model[name].is_floating_point() and not value.is_floating_point()
    ]
    if found:
        message = _message(file, found, INTEGERS)
        raise Failure("mismatch", "checkpoint-tensors", message, WHOLE_NEXT)


def _message(file: str, names: list[str], said: Said) -> str:
    more = f", and {len(names) - 3} more" if len(names) > 3 else ""
    one, many = said
    what = counted(len(names), f"tensor of {file} {one}", f"tensors of {file} {many}")
    return f"{what} ({', '.join(names[:3])}{more})"
