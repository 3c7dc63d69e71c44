"""Names of outputs, weights that are inputs, and what the exporter torchscript would lose."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from edge_engine.failure import Failure
from edge_engine.onnx_file import ports
from edge_engine.words import counted

from .arguments import Array
from .call import Call
from .exporter import Choice
from .record import Answer
from .value_decisions import value_decisions


def taken_keys(said: "Sequence[str] | None", keys: Sequence[str]) -> "tuple[str, ...] | None":
    """Where output_names names keys of a mapping that the module gives: these outputs alone, in that order."""
    if said is None or not set(said) <= set(keys) or "" in keys:
        return None
    return tuple(said)


def output_names(said: "Sequence[str] | None", keys: Sequence[str], choice: Choice) -> "list[str] | None":
    """What is said; else keys of a mapping; else torch's own for dynamo, whose names mean something."""
    if said is not None:
        if len(said) != len(keys) or len(set(said)) != len(said):
            given = f" ({', '.join(keys)})" if all(keys) else ""
            names = counted(len(said), "name")
            message = f"torch.output_names has {names} ({', '.join(said)}), and forward gives {len(keys)}{given}"
            raise Failure("input", "names-count", message, "Give each output one name of its own, in their order.")
        return list(said)
    if keys and all(keys) and len(set(keys)) == len(keys):
        return list(keys)
    if choice.exporter == "dynamo":
        return None
    return ["output"] if len(keys) == 1 else [f"output_{at}" for at in range(len(keys))]


def refuse_decisions(call: Call, tensors: Sequence[torch.Tensor], folder: Path) -> None:
    """`Failure` with the line of the model's code that reads values into Python: a graph keeps what they were."""
    places = value_decisions(call, tensors, folder)
    if not places:
        return
    message = (
        f"{places[0][0]} reads values of the input into Python ({places[0][1]}): a graph would keep what they are now"
    )
    hint = "Write it as an operator, as torch.where or torch.cond, or put that part into torch.jit.script."
    raise Failure("input", "data-dependent", message, hint)


def weight_inputs(graph: onnx.ModelProto, module: Any, answers: Sequence[Answer]) -> dict[str, Array]:
    """Of a graph without its weights (export_params: false) those weights, which it takes as inputs."""
    known = set(answers[0].case.arrays)
    extra = [port["name"] for port in ports(graph)[0] if port["name"] not in known]
    state = module.state_dict()
    lost = [name for name in extra if name not in state]
    if lost:
        message = f"the graph has inputs that are not arguments of forward: {', '.join(lost[:5])}"
        raise Failure("input", "inputs-unknown", message, "Take out torch.export_params: false.")
    return {name: np.array(state[name].detach().cpu().numpy()) for name in extra}
