"""Operators that tf2onnx does not know and common layers need: what they are in ONNX."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx


@dataclass(frozen=True)
class _Taken:
    """A node of one input that is gone, and whose output other nodes shall give."""

    ctx: Any
    name: str
    source: str
    output: str
    shape: Any
    dtype: Any

    def one(self) -> str:
        """The constant 1."""
        return str(self.ctx.make_const(f"{self.name}/one", np.array(1, np.float32)).output[0])

    def inner(self, operator: str, *inputs: str) -> str:
        """Output of a node of the same shape and type."""
        made = self.ctx.make_node(operator, list(inputs), shapes=[self.shape], dtypes=[self.dtype])
        return str(made.output[0])

    def last(self, operator: str, *inputs: str) -> None:
        """The node that gives the output."""
        given = {"outputs": [self.output], "name": self.name, "shapes": [self.shape], "dtypes": [self.dtype]}
        self.ctx.make_node(operator, list(inputs), **given)


def _take(ctx: Any, node: Any) -> _Taken:
    source, output = node.input[0], node.output[0]
    taken = _Taken(ctx, node.name, source, output, ctx.get_shape(output), ctx.get_dtype(output))
    ctx.remove_node(node.name)
    return taken


def erfc(ctx: Any, node: Any, name: str, args: Any) -> None:
    """1 - erf(x): the exact GELU of Keras."""
    del name, args
    taken = _take(ctx, node)
    erf = taken.inner("Erf", taken.source)
    taken.last("Sub", taken.one(), erf)


def log1p(ctx: Any, node: Any, name: str, args: Any) -> None:
    """log(1 + x)."""
    del name, args
    taken = _take(ctx, node)
    taken.last("Log", taken.inner("Add", taken.source, taken.one()))


def expm1(ctx: Any, node: Any, name: str, args: Any) -> None:
    """exp(x) - 1."""
    del name, args
    taken = _take(ctx, node)
    taken.last("Sub", taken.inner("Exp", taken.source), taken.one())


def bucketize(ctx: Any, node: Any, name: str, args: Any) -> None:
    """How many boundaries are not above x: Keras's Discretization."""
    del name, args
    source, output = node.input[0], node.output[0]
    shape, dtype = ctx.get_shape(output), ctx.get_dtype(source)
    boundaries = np.array(node.get_attr("boundaries").floats, np.float32)
    ctx.remove_node(node.name)
    boolean, whole = onnx.TensorProto.BOOL, onnx.TensorProto.INT32
    last = ctx.make_const(f"{node.name}/last", np.array([-1], np.int64)).output[0]
    limits = ctx.make_const(f"{node.name}/boundaries", boundaries).output[0]
    floats = ctx.make_node("Cast", [source], attr={"to": onnx.TensorProto.FLOAT}) if dtype != FLOAT else None
    column = ctx.make_node("Unsqueeze", [floats.output[0] if floats else source, last])
    above = ctx.make_node("GreaterOrEqual", [column.output[0], limits], dtypes=[boolean])
    counted = ctx.make_node("Cast", [above.output[0]], attr={"to": whole}, dtypes=[whole])
    keep = {"keepdims": 0}
    ctx.make_node(
        *("ReduceSum", [counted.output[0], last]),
        attr=keep,
        outputs=[output],
        name=node.name,
        shapes=[shape],
        dtypes=[whole],
    )


def logical_xor(ctx: Any, node: Any, name: str, args: Any) -> None:
    """The same by another name."""
    del ctx, name, args
    node.type = "Xor"
    node.domain = ""


def sign_bit(ctx: Any, node: Any, name: str, args: Any) -> None:
    """`bitcast(x) & INT32_MIN`: how Keras's argmax tells -0 from 0. Other uses of bits stay as they are."""
    del name, args
    bits, mask = node.inputs
    if bits.type != "Bitcast" or not mask.is_const() or (mask.get_tensor_value(as_list=False) != INT32_MIN).any():
        return
    source, output = bits.input[0], node.output[0]
    shape = ctx.get_shape(output)
    boolean, whole = onnx.TensorProto.BOOL, onnx.TensorProto.INT32
    ctx.remove_node(node.name)
    inverse = ctx.make_node("Reciprocal", [source], shapes=[shape], dtypes=[ctx.get_dtype(source)]).output[0]
    zero = ctx.make_const(f"{node.name}/zero", np.array(0, np.float32)).output[0]
    signs = [
        ctx.make_node("Less", [value, zero], shapes=[shape], dtypes=[boolean]).output[0] for value in (source, inverse)
    ]
    either = ctx.make_node("Or", signs, shapes=[shape], dtypes=[boolean]).output[0]
    values = [
        ctx.make_const(f"{node.name}/{at}", np.array(value, np.int32)).output[0]
        for at, value in enumerate((INT32_MIN, 0))
    ]
    ctx.make_node("Where", [either, *values], outputs=[output], name=node.name, shapes=[shape], dtypes=[whole])


def _taken_out(ctx: Any, node: Any) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """Removes it. Its inputs, with what nodes on the way are made, and with what the one in its place is."""
    inner = {"shapes": [ctx.get_shape(node.output[0])], "dtypes": [ctx.get_dtype(node.output[0])]}
    inputs, given = list(node.input), {**inner, "outputs": node.output, "name": node.name}
    ctx.remove_node(node.name)
    return inputs, inner, given


def floor_div(ctx: Any, node: Any, name: str, args: Any) -> None:
    """The quotient that rounds down; ONNX's rounds towards 0 for whole numbers."""
    del name, args
    (dividend, divisor), inner, given = _taken_out(ctx, node)
    if inner["dtypes"][0] in FLOATS:
        quotient = ctx.make_node("Div", [dividend, divisor], **inner).output[0]
        ctx.make_node("Floor", [quotient], **given)
        return
    rest = ctx.make_node("Mod", [dividend, divisor], **inner).output[0]
    even = ctx.make_node("Sub", [dividend, rest], **inner).output[0]
    ctx.make_node("Div", [even, divisor], **given)


def floor_mod(ctx: Any, node: Any, name: str, args: Any) -> None:
    """What `floor_div` leaves over, with the divisor's sign."""
    del name, args
    (dividend, divisor), inner, given = _taken_out(ctx, node)
    if inner["dtypes"][0] not in FLOATS:
        ctx.make_node("Mod", [dividend, divisor], **given)
        return
    quotient = ctx.make_node("Div", [dividend, divisor], **inner).output[0]
    whole = ctx.make_node("Floor", [quotient], **inner).output[0]
    ctx.make_node("Sub", [dividend, ctx.make_node("Mul", [whole, divisor], **inner).output[0]], **given)


FLOAT = onnx.TensorProto.FLOAT
FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE)
INT32_MIN = -(1 << 31)
HANDLERS: dict[str, Any] = {
    "BitwiseAnd": (sign_bit, []),
    "Bucketize": (bucketize, []),
    "Erfc": (erfc, []),
    "Expm1": (expm1, []),
    "Log1p": (log1p, []),
    "FloorDiv": (floor_div, []),
    "FloorMod": (floor_mod, []),
    "LogicalXor": (logical_xor, []),
}
