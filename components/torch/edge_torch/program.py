"""What a torch.export program says of its inputs."""

from typing import Any

import torch

from edge_engine.failure import Failure

from .arguments import Array

Axes = dict[str, dict[int, str]]


def read_program(program: Any) -> tuple[tuple[str, ...], "dict[str, Array] | None", Axes]:
    """Names of the inputs, the arguments that it was exported with if it kept them, and its free axes by name."""
    names, values = placeholders(program)
    axes: Axes = {}
    for name in names:
        shape = getattr(values.get(name), "shape", ())
        own = {axis: str(size) for axis, size in enumerate(shape) if isinstance(size, torch.SymInt)}
        if own:
            axes[name] = own
    return names, _example(program, names), axes


def placeholders(program: Any) -> "tuple[tuple[str, ...], dict[str, Any]]":
    """Names of its inputs, and of each placeholder the tensor that stands for it, whose free sizes are symbols."""
    names = tuple(spec.arg.name for spec in program.graph_signature.input_specs if spec.kind.name == "USER_INPUT")
    return names, {node.name: node.meta.get("val") for node in program.graph.nodes if node.op == "placeholder"}


def _example(program: Any, names: tuple[str, ...]) -> "dict[str, Array] | None":
    if program.example_inputs is None:
        return None
    positional, by_name = program.example_inputs
    values = [*positional, *by_name.values()]
    if len(values) != len(names) or not all(isinstance(value, torch.Tensor) for value in values):
        hint = "Export it with tensors alone as arguments, none inside a list or a mapping."
        raise Failure("input", "inputs-nested", "the program's arguments are not plain tensors", hint)
    return {name: value.detach().cpu().numpy() for name, value in zip(names, values)}
