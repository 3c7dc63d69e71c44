"""The forms that values of the plugins' keys have in Python, each as the engine's option wants it."""

import ast
from collections.abc import Callable
from typing import Any

from source import Computed, Source

#: Constructors of torch whose tensor is known by its shape: the engine's generator.
GENERATORS = {"randn": "normal", "rand": "uniform", "zeros": "zeros", "ones": "ones", "randint": "integers"}


def same(source: Source, node: ast.expr) -> Any:
    return source.literal(node)


def member(source: Source, node: ast.expr) -> Any:
    """`TrainingMode.EVAL`: its name."""
    name = source.dotted(source.constant(node))
    return name.rpartition(".")[2] if name and "." in name else source.literal(node)


def columns(source: Source, node: ast.expr) -> Any:
    """`[("x", FloatTensorType([None, 4]))]`."""
    found = []
    for each in source.items(node):
        parts = source.items(each)
        if len(parts) != 2:
            raise Computed(each, "a pair of a name and a type is expected")
        entry: dict[str, Any] = {"name": source.literal(parts[0])}
        value = source.constant(parts[1])
        if isinstance(value, ast.Call):
            entry["type"] = source.tail(value.func)
            if value.args or value.keywords:
                entry["shape"] = source.literal(_argument(value, 0, "shape"))
        elif not (isinstance(value, ast.Constant) and value.value is None):
            entry["type"] = source.tail(value) or _refuse(value)
        found.append(entry)
    return found


def functions(source: Source, node: ast.expr) -> Any:
    """`{Class: function}`: by the class's full name."""
    return {_class(source, key): source.function(value) for key, value in source.pairs(node)}


def handlers(source: Source, node: ast.expr) -> Any:
    """`{"Op": (function, [])}` or `{"Op": function}`."""
    found = {}
    for key, value in source.pairs(node):
        parts = source.items(value) if isinstance(source.constant(value), ast.Tuple) else [value]
        if len(parts) > 1 and source.literal(parts[1]):
            raise Computed(parts[1], "a handler's own arguments are not carried over: write them into the function")
        found[str(source.literal(key))] = source.function(parts[0])
    return found


def function_list(source: Source, node: ast.expr) -> Any:
    return [source.function(each) for each in source.items(node)]


def signature(source: Source, node: ast.expr) -> Any:
    """`(tf.TensorSpec((None, 32), tf.float32, name="x"),)`."""
    found = []
    for each in source.items(node):
        spec = source.constant(each)
        if not isinstance(spec, ast.Call) or source.tail(spec.func) != "TensorSpec":
            raise Computed(each, "a tf.TensorSpec is expected")
        entry = {
            "name": source.literal(_argument(spec, 2, "name")) if _has(spec, 2, "name") else None,
            "shape": source.literal(_argument(spec, 0, "shape")),
            "dtype": _dtype(source, _argument(spec, 1, "dtype")) if _has(spec, 1, "dtype") else None,
        }
        found.append({key: value for key, value in entry.items() if value is not None})
    return found


def opsets(source: Source, node: ast.expr) -> Any:
    """`[make_opsetid("com.microsoft", 1)]`."""
    found = []
    for each in source.items(node):
        call = source.constant(each)
        if not isinstance(call, ast.Call) or source.tail(call.func) not in ("make_opsetid", "make_operatorsetid"):
            raise Computed(each, "onnx.helper.make_opsetid is expected")
        domain, version = (_argument(call, at, name) for at, name in enumerate(("domain", "version")))
        found.append({"domain": source.literal(domain), "version": source.literal(version)})
    return found


def arguments(source: Source, node: ast.expr) -> Any:
    """`torch.randn(1, 3, 224, 224)`, or a tuple of such: what the values are does not matter, their shapes do."""
    node = source.constant(node)
    each = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    return [_tensor(source, value) for value in each]


def converter_options(source: Source, node: ast.expr) -> Any:
    """`{LogisticRegression: {"zipmap": False}, "clf__nocl": True}`; by `id(model)` only the running file knows."""
    found = {}
    for key, value in source.pairs(node):
        plain = source.constant(key)
        name = source.tail(plain) if isinstance(plain, (ast.Name, ast.Attribute)) else source.literal(plain)
        found[str(name)] = source.literal(value)
    return found


FORMS: dict[str, Callable[[Source, ast.expr], Any]] = {
    "same": same,
    "member": member,
    "columns": columns,
    "functions": functions,
    "handlers": handlers,
    "function-list": function_list,
    "signature": signature,
    "opsets": opsets,
    "arguments": arguments,
    "converter-options": converter_options,
}


def _tensor(source: Source, node: ast.expr) -> dict[str, Any]:
    call = source.constant(node)
    name = source.tail(call.func) if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or name not in GENERATORS:
        raise Computed(node, "torch.randn, rand, zeros, ones or randint of a shape is expected")
    keywords = {word.arg: word.value for word in call.keywords}
    entry: dict[str, Any] = {}
    values = list(call.args)
    if name == "randint":
        bounds = [
            source.literal(value) for value in values if not isinstance(source.constant(value), (ast.Tuple, ast.List))
        ]
        low, high = (0, *bounds) if len(bounds) == 1 else (bounds + [None, None])[:2]
        # torch leaves the upper bound out.
        entry = {"dtype": "int64", "low": low, "high": high - 1 if isinstance(high, int) else high}
        values = [value for value in values if isinstance(source.constant(value), (ast.Tuple, ast.List))]
    if "size" in keywords:
        values = [keywords["size"]]
    is_one = len(values) == 1 and isinstance(source.constant(values[0]), (ast.Tuple, ast.List))
    shape = source.literal(values[0]) if is_one else [source.literal(value) for value in values]
    entry = {"shape": shape, **entry, "generator": GENERATORS[name]}
    if "dtype" in keywords:
        entry["dtype"] = _dtype(source, keywords["dtype"])
    return entry


def _dtype(source: Source, node: ast.expr) -> str:
    name = source.dotted(source.constant(node))
    text = name.rpartition(".")[2] if name and "." in name else source.literal(node)
    return {"long": "int64", "int": "int32", "float": "float32", "double": "float64", "half": "float16"}.get(text, text)


def _class(source: Source, node: ast.expr) -> str:
    name = source.dotted(node)
    if name is None:
        raise Computed(node)
    return f"{source.file.removesuffix('.py')}.{name}" if name in source.defined else name


def _has(call: ast.Call, at: int, name: str) -> bool:
    return len(call.args) > at or any(word.arg == name for word in call.keywords)


def _argument(call: ast.Call, at: int, name: str) -> ast.expr:
    for word in call.keywords:
        if word.arg == name:
            return word.value
    if len(call.args) > at:
        return call.args[at]
    raise Computed(call, f"{ast.unparse(call)} has no {name}")


def _refuse(node: ast.expr) -> str:
    raise Computed(node)
