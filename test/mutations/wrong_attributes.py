"""Attributes and small constants of operators that are told wrongly, one at a time.

Of each operator the first and the last with which the outputs are others.
"""

import onnx

from .attribute_steps import (
    Change,
    another,
    axes_beside,
    axis_beside,
    constant,
    dilated,
    exchanged,
    flag,
    one_number,
    scaled,
    to_the_end,
    whole_numbers,
    word,
)
from .editing import nodes_of
from .registry import NotApplicable, wrong
from .same_function import must_differ

Changes = dict[str, Change]

#: Of the operators of one kind, those that are tried.
MOST_TRIES = 4

PADS: Changes = {"pads on the other side": another("pads", to_the_end), "pads exchanged": another("pads", exchanged)}
DILATION: Changes = {"a dilation more": another("dilations", dilated)}
POOL: Changes = {**PADS, "another ceil_mode": flag("ceil_mode")}
EPSILON: Changes = {f"an epsilon {times} times": scaled("epsilon", times, 1e-5) for times in (1e-3, 100, 1e4)}
AXIS: Changes = {"another axis": another("axis", axis_beside, -1)}
REDUCE: Changes = {
    "another axis": another("axes", axes_beside),
    "another axis as an input": constant(1, whole_numbers(axes_beside)),
}
NUMBER: Changes = {f"constant {at} by a hundredth": constant(at, one_number(1.01)) for at in (0, 1)}
DIRECTIONS = {b"forward": "reverse", b"reverse": "forward"}
GATES = ["Sigmoid", "Tanh", "Tanh"]


def _activation(old: str, new: str) -> Change:
    def change(told: list[str | bytes]) -> list[str]:
        words = [each if isinstance(each, str) else each.decode() for each in told]
        return [new if each == old else each for each in words]

    return another("activations", change, GATES)


RECURRENT: Changes = {
    "another direction": another("direction", DIRECTIONS.get, b"forward"),
    "HardSigmoid for Sigmoid": _activation("Sigmoid", "HardSigmoid"),
    "Relu for Tanh": _activation("Tanh", "Relu"),
    "a clip": another("clip", lambda old: 0.1 if old == 0 else 0.0, 0.0),
}
PLACES = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
ROUNDINGS = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
RESIZE: Changes = {
    **{f"places {each}": word("coordinate_transformation_mode", each, "half_pixel") for each in PLACES},
    **{f"rounding {each}": word("nearest_mode", each, "round_prefer_floor") for each in ROUNDINGS},
    **{f"mode {each}": word("mode", each, "nearest") for each in ("nearest", "linear", "cubic")},
    "another cubic_coeff_a": another("cubic_coeff_a", lambda old: -0.5 if old < -0.6 else -0.75, -0.75),
}
GRID: Changes = {
    "another align_corners": flag("align_corners"),
    **{f"padding {each}": word("padding_mode", each, "zeros") for each in ("zeros", "border", "reflection")},
}
PAD: Changes = {
    **{f"mode {each}": word("mode", each, "constant") for each in ("constant", "reflect", "edge")},
    "another value": constant(2, lambda old: old + 1),
    "on the other side": constant(1, whole_numbers(to_the_end)),
    "exchanged": constant(1, whole_numbers(exchanged)),
}
GEMM: Changes = {
    **{f"another {name}": flag(name) for name in ("transA", "transB")},
    **{f"another {name}": scaled(name, 1.01, 1.0) for name in ("alpha", "beta")},
}
TRANSPOSE: Changes = {
    "the last axes exchanged": another("perm", lambda old: [*old[:-2], old[-1], old[-2]]),
    "the first axes exchanged": another("perm", lambda old: [old[1], old[0], *old[2:]]),
}
SLICE: Changes = {
    "another begin": constant(1, lambda old: old + 1),
    "another axis": constant(3, whole_numbers(axes_beside)),
    "another step": constant(4, lambda old: old + 1),
}
#: Not the smallest for the largest: a detector may keep all candidates of every reference, whose order says nothing.
TOP: Changes = {**AXIS, "one fewer": constant(1, lambda old: old - 1)}
SUM: Changes = {"exclusive": flag("exclusive"), "in reverse": flag("reverse")}
ALPHA: Changes = {"another alpha": scaled("alpha", 1.1, 1.0)}
TABLE: dict[str, Changes] = {
    **dict.fromkeys(
        ("BatchNormalization", "LayerNormalization", "InstanceNormalization", "GroupNormalization"), EPSILON
    ),
    **dict.fromkeys(("Softmax", "LogSoftmax", "Concat", "Split", "GatherElements", "ArgMax", "Flatten"), AXIS),
    **dict.fromkeys(("ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum", "ReduceL2", "ReduceLogSumExp"), REDUCE),
    **dict.fromkeys(("Mul", "Div", "Add", "Sub", "Max", "Min", "Pow"), NUMBER),
    **dict.fromkeys(("LeakyRelu", "Elu", "Celu", "Selu", "HardSigmoid", "ThresholdedRelu"), ALPHA),
    "Conv": {**PADS, **DILATION},
    "ConvTranspose": PADS,
    "AveragePool": {**POOL, "another count_include_pad": flag("count_include_pad")},
    "MaxPool": {**POOL, **DILATION},
    "Resize": RESIZE,
    "GridSample": GRID,
    "Pad": PAD,
    "DepthToSpace": {f"mode {each}": word("mode", each, "DCR") for each in ("DCR", "CRD")},
    "Gather": {"another index": constant(1, lambda old: old + 1 if old.size == 1 else None)},
    "TopK": TOP,
    "NonMaxSuppression": {"centre and size": flag("center_point_box")},
    "CumSum": SUM,
    "Trilu": {"the other triangle": flag("upper", 1)},
    "Mod": {"the sign of the other": flag("fmod")},
    "Gelu": {f"approximate {each}": word("approximate", each, "none") for each in ("none", "tanh")},
    "Gemm": GEMM,
    "Transpose": TRANSPOSE,
    "Slice": SLICE,
    "LSTM": RECURRENT,
    "GRU": {**RECURRENT, "another linear_before_reset": flag("linear_before_reset")},
    "RNN": RECURRENT,
}


def _told_wrongly(operator: str, title: str, change: Change, place: str) -> None:
    @wrong(f"{operator}, {place}: {title}")
    def edit(model: onnx.ModelProto) -> None:
        before = onnx.ModelProto.FromString(model.SerializeToString())
        count = len(nodes_of(model, operator))
        order = [*range(count)] if place == "first" else [*range(count - 1, 0, -1)]
        for at in order[:MOST_TRIES]:
            try:
                change(model, nodes_of(model, operator)[at])
                must_differ(before, model)
            except NotApplicable:
                model.CopyFrom(before)
            else:
                return
        raise NotApplicable(f"no {operator} with {title}")


for operator, changes in TABLE.items():
    for title, change in changes.items():
        for place in ("first", "last"):
            _told_wrongly(operator, title, change, place)
