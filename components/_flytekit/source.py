"""A parsed Python file: what its names stand for, without running it."""

import ast
from collections.abc import Iterator
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)


class Computed(Exception):
    """A value that only the running file knows."""

    def __init__(self, node: ast.AST, message: str = "") -> None:
        text = ast.unparse(node)
        shown = text if len(text) <= 60 else text[:57] + "..."
        super().__init__(message or f"`{shown}` is known only when the file runs: write the value itself")
        self.node = node


class Source:
    """Imports and constants of a module. `notes`: what the user should know of what was read."""

    def __init__(self, tree: ast.Module, file: str) -> None:
        self.tree = tree
        self.file = file
        self.notes: list[str] = []
        self.imports = dict(_imports(tree))
        self.defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        self.constants = _constants(tree)

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))

    def dotted(self, node: ast.AST) -> str | None:
        """`a.b.c` by the imports: `np.float32` is numpy.float32. None for anything else."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            above = self.dotted(node.value)
            return None if above is None else f"{above}.{node.attr}"
        return None

    def tail(self, node: ast.AST) -> str | None:
        name = self.dotted(node)
        return None if name is None else name.rpartition(".")[2]

    def constant(self, node: ast.expr) -> ast.expr:
        """What a name of the module stands for, where it is set once and by a value."""
        seen: set[str] = set()
        while isinstance(node, ast.Name) and node.id in self.constants and node.id not in seen:
            seen.add(node.id)
            node = self.constants[node.id]
        return node

    def literal(self, node: ast.expr) -> Any:
        """A value as JSON has it: a tuple is a list, a set is sorted, keys are texts. `Computed` for what is none."""
        node = self.constant(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bool, type(None))):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.literal(node.operand)
            if isinstance(value, (int, float)):
                return -value
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.literal(each) for each in node.elts]
        if isinstance(node, ast.Set):
            return sorted((self.literal(each) for each in node.elts), key=str)
        if isinstance(node, ast.Dict):
            return {str(self.literal(key)): self.literal(value) for key, value in self.pairs(node)}
        raise Computed(node)

    def pairs(self, node: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
        node = self.constant(node)
        if not isinstance(node, ast.Dict):
            raise Computed(node)
        found = []
        for key, value in zip(node.keys, node.values):
            if key is None:
                raise Computed(value)
            found.append((key, value))
        return found

    def items(self, node: ast.expr) -> list[ast.expr]:
        node = self.constant(node)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return list(node.elts)
        raise Computed(node)

    def function(self, node: ast.expr) -> str:
        """FILE.py:NAME of a function, as the engines want it beside the model."""
        name = self.dotted(node)
        if name is None:
            raise Computed(node)
        if name in self.defined:
            self.notes.append(
                f"{name} is defined in {self.file}, which imports flytekit: move it into a file of its own"
            )
            return f"{self.file}:{name}"
        module, _, attribute = name.rpartition(".")
        if module == "":
            raise Computed(node)
        self.notes.append(f"put {module.replace('.', '/')}.py beside the model, for {attribute}")
        return f"{module.replace('.', '/')}.py:{attribute}"


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield (
                    name.asname or name.name.partition(".")[0],
                    name.name if name.asname else name.name.partition(".")[0],
                )
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield name.asname or name.name, f"{node.module or ''}.{name.name}".lstrip(".")


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
    stores = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return {name: value for name, value in found.items() if stores.count(name) == 1}
