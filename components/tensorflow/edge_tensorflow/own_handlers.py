"""Operators that tf2onnx does not know and common layers need: what they are in ONNX."""

from typing import Any

import numpy as np
import onnx


def erfc(ctx: Any, node: Any, name: str, args: Any) -> None:
    """1 - erf(x): the exact GELU of Keras."""
    del name, args
    source, output = node.input[0], node.output[0]
    shape, dtype = ctx.get_shape(output), ctx.get_dtype(output)
    ctx.remove_node(node.name)
    erf = ctx.make_node("Erf", [source], shapes=[shape], dtypes=[dtype])
    one = ctx.make_const(f"{node.name}/one", np.array(1, np.float32)).output[0]
    ctx.make_node("Sub", [one, erf.output[0]], outputs=[output], name=node.name, shapes=[shape], dtypes=[dtype])


def log1p(ctx: Any, node: Any, name: str, args: Any) -> None:
    """log(1 + x)."""
    del name, args
    source, output = node.input[0], node.output[0]
    shape, dtype = ctx.get_shape(output), ctx.get_dtype(output)
    ctx.remove_node(node.name)
    one = ctx.make_const(f"{node.name}/one", np.array(1, np.float32)).output[0]
    total = ctx.make_node("Add", [source, one], shapes=[shape], dtypes=[dtype])
    ctx.make_node("Log", [total.output[0]], outputs=[output], name=node.name, shapes=[shape], dtypes=[dtype])


def expm1(ctx: Any, node: Any, name: str, args: Any) -> None:
    """exp(x) - 1."""
    del name, args
    source, output = node.input[0], node.output[0]
    shape, dtype = ctx.get_shape(output), ctx.get_dtype(output)
    ctx.remove_node(node.name)
    power = ctx.make_node("Exp", [source], shapes=[shape], dtypes=[dtype])
    one = ctx.make_const(f"{node.name}/one", np.array(1, np.float32)).output[0]
    ctx.make_node("Sub", [power.output[0], one], outputs=[output], name=node.name, shapes=[shape], dtypes=[dtype])


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
        **{"attr": keep, "outputs": [output], "name": node.name, "shapes": [shape], "dtypes": [whole]},
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


FLOAT = onnx.TensorProto.FLOAT
INT32_MIN = -(1 << 31)
HANDLERS: dict[str, Any] = {
    "BitwiseAnd": (sign_bit, []),
    "Bucketize": (bucketize, []),
    "Erfc": (erfc, []),
    "Expm1": (expm1, []),
    "Log1p": (log1p, []),
    "LogicalXor": (logical_xor, []),
}
