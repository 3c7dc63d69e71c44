"""What MMDeploy does not convert is a table, unsupported.json: it is refused by name before anything is built."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from edge_engine.failure import Failure

from .codebase import Codebase

TABLE = Path(__file__).with_name("unsupported.json")


class Row(TypedDict, total=False):
    """Types of one codebase, by name or by the module that defines them. why: continues "X is "; next: the step.

    method: what MMDeploy would have to rewrite; package: what is not installed. Both are for the tests of the table.
    """

    codebase: str
    types: list[str]
    module: str
    why: str
    next: str
    method: str
    package: str


def unsupported_rows() -> list[Row]:
    rows: list[Row] = json.loads(TABLE.read_text("utf-8"))
    return rows


def check_supported(config: Any, codebase: Codebase, name: str) -> None:
    """Raises Failure where a part of the model is in the table."""
    rows = [row for row in unsupported_rows() if row["codebase"] == codebase.name]
    for kind in types_in(config.model):
        row = next((row for row in rows if _is_in(row, kind, codebase)), None)
        if row is not None:
            message = f"MMDeploy cannot convert the model of {name}: {kind} is {row['why']}"
            raise Failure("input", "unsupported-model", message, row["next"])


def types_in(value: Any) -> Iterator[str]:
    """Names of all types in a configuration, without their scope, the outermost first."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value["type"].rpartition(".")[2]
        for item in value.values():
            yield from types_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from types_in(item)


def _is_in(row: Row, kind: str, codebase: Codebase) -> bool:
    if kind in row.get("types", ()):
        return True
    if "module" not in row:
        return False
    importlib.import_module(f"{codebase.name}.models")
    found = importlib.import_module(f"{codebase.name}.registry").MODELS.module_dict.get(kind)
    return found is not None and found.__module__.startswith(row["module"])
