"""What the exported graph itself does at its ends: read from its last operators, not from the name of a class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import onnx
from onnx import numpy_helper

Activation = Literal[
    "softmax_inside", "log_softmax_inside", "sigmoid_inside", "argmax_inside", "threshold_inside", "none"
]

#: They move numbers or change their type, and compute nothing.
MOVING = ("Cast", "Flatten", "Gather", "Identity", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze")
PICKING = (*MOVING, "GatherElements", "GatherND")
COMPARING = ("Greater", "GreaterOrEqual")
ENDS: dict[str, Activation] = {
    "Softmax": "softmax_inside",
    "LogSoftmax": "log_softmax_inside",
    "Sigmoid": "sigmoid_inside",
    "ArgMax": "argmax_inside",
}
#: What gives plain scores, which may be negative and of any size.
LINEAR = ("BatchNormalization", "Conv", "ConvTranspose", "Gemm", "MatMul", "Resize")


@dataclass(frozen=True)
class End:
    """The last operator that decides what an output's numbers are; None where no word of ours says it."""

    activation: Activation | None
    #: Of a comparison: from where on it is 1.
    threshold: float | None = None


class Ends:
    """Questions about the last operators of one graph."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._nodes = list(model.graph.node)
        self._makers = {output: node for node in self._nodes for output in node.output}
        self._constants = {tensor.name: tensor for tensor in model.graph.initializer}

    def of(self, output: str) -> End:
        """output: its name."""
        node = self._before(output)
        if node is None:
            return End(None)
        if node.op_type in COMPARING:
            threshold = self._constant(node.input[1])
            return End(None if threshold is None else "threshold_inside", threshold)
        if node.op_type == "Add" and (sum_of := self._linear_sum(node)):
            return sum_of
        return End("none" if node.op_type in LINEAR else ENDS.get(node.op_type))

    @property
    def suppresses(self) -> bool:
        return any(node.op_type == "NonMaxSuppression" for node in self._nodes)

    @property
    def suppresses_across_classes(self) -> bool:
        """Whether a box can suppress one of another class.

        Of several suppressions (proposals, then boxes) the last decides what a device sees. It looks at each class for
        itself: across them only where its scores are the largest of all classes.
        """
        last = [node for node in self._suppressions() if not self._leads_to_another(node)]
        return bool(last) and all(self._is_largest(node.input[1]) for node in last)

    def _is_largest(self, scores: str) -> bool:
        node = self._makers.get(scores)
        while node is not None and node.op_type in PICKING:
            node = self._makers.get(node.input[0])
        return node is not None and node.op_type == "ReduceMax"

    def _suppressions(self) -> list[onnx.NodeProto]:
        return [node for node in self._nodes if node.op_type == "NonMaxSuppression"]

    def _leads_to_another(self, node: onnx.NodeProto) -> bool:
        others = (other for other in self._suppressions() if other is not node)
        return any(node.output[0] in self._all_before(other) for other in others)

    def _all_before(self, node: onnx.NodeProto) -> set[str]:
        seen: set[str] = set()
        waiting = list(node.input)
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self._makers:
                waiting += self._makers[name].input
            seen.add(name)
        return seen

    def _before(self, name: str) -> onnx.NodeProto | None:
        """The node that computes this tensor, past those that only move it."""
        node = self._makers.get(name)
        while node is not None and node.op_type in MOVING:
            node = self._makers.get(node.input[0])
        return node

    def _linear_sum(self, node: onnx.NodeProto) -> End | None:
        """A bias that stands alone."""
        parts = [self._before(name) for name in node.input if name not in self._constants]
        linear = len(parts) == 1 and parts[0] is not None and parts[0].op_type in LINEAR
        return End("none") if linear else None

    def _constant(self, name: str) -> float | None:
        tensor = self._constants.get(name) or next(_values(self._makers.get(name)), None)
        array = None if tensor is None else numpy_helper.to_array(tensor)
        # The shortest number that is this float32.
        return float(str(array.reshape(-1)[0])) if array is not None and array.size == 1 else None


def _values(node: onnx.NodeProto | None) -> Iterator[onnx.TensorProto]:
    if node is not None and node.op_type == "Constant":
        yield from (attribute.t for attribute in node.attribute if attribute.name == "value")
