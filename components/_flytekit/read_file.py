"""Reads the configurations of flytekit's ONNX plugins in a Python file, and runs nothing of it.

usage: PYTHON read_file.py FILE TABLES.json     (a list of flytekit.json of engines, each with its `engine`)

Prints one JSON object: {"calls": [{"engine", "line", "options", "notes"}],
"problems": [{"line", "column", "message"}]}.
"""

import ast
import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from forms import FORMS
from source import Computed, Source

Table = dict[str, Any]


def main() -> None:
    path, tables = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    calls: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    try:
        source = Source(ast.parse(path.read_bytes(), path.name), path.name)
    except (SyntaxError, ValueError, RecursionError) as error:
        place = (getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1)
        problems.append(problem(place, f"it is not Python: {getattr(error, 'msg', None) or error}"))
    else:
        for call, table in configurations(source, tables):
            options, notes = options_of(call, table, source, problems)
            calls.append({"engine": table["engine"], "line": call.lineno, "options": options, "notes": notes})
    print(json.dumps({"calls": calls, "problems": problems}))


def problem(place: tuple[int, int], message: str) -> dict[str, Any]:
    return {"line": place[0], "column": place[1], "message": message}


def configurations(source: Source, tables: list[Table]) -> list[tuple[ast.Call, Table]]:
    """The calls of a plugin's configuration, and `X.with_config(key=value)` without one inside, in their order."""
    by_config = {table["config"]: table for table in tables}
    by_model = {table["model"]: table for table in tables}
    found: list[tuple[ast.Call, Table]] = []
    for node in source.nodes(ast.Call):
        name = source.tail(node.func)
        if name in by_config:
            found.append((node, by_config[name]))
        if isinstance(node.func, ast.Attribute) and node.func.attr == "with_config" and not node.args:
            table = by_model.get(source.tail(node.func.value) or "")
            if table:
                found.append((node, table))
    return sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset))


def options_of(
    call: ast.Call, table: Table, source: Source, problems: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """The engine's options of one call. What cannot be carried over is added to `problems`, or said in a note."""
    options: dict[str, Any] = {}
    notes: list[str] = []
    for name, value in given(call, table, problems):
        form = table["keys"].get(name)
        if form is None:
            near = get_close_matches(name, table["keys"], 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(table['keys'])}"
            problems.append(problem(place_of(value), f"{table['config']} has no key {name}: {hint}"))
        elif "refused" in form:
            problems.append(problem(place_of(value), f"{name} is not carried over: {form['refused']}"))
        else:
            try:
                read = FORMS[form["form"]](source, value)
                if read is not None:
                    options[name] = read
            except Computed as error:
                problems.append(problem(place_of(error.node), f"{name}: {error}"))
            if "note" in form:
                notes.append(f"{name}: {form['note']}")
    notes += [f"{name}: {text}" for name, text in table.get("absent", {}).items() if name not in options]
    return options, notes + [note for note in source.notes if note not in notes]


def given(call: ast.Call, table: Table, problems: list[dict[str, Any]]) -> list[tuple[str, ast.expr]]:
    """Keys and values of a call; those without a name have the dataclass's order."""
    found: list[tuple[str, ast.expr]] = []
    for name, value in zip(table["keys"], call.args):
        found.append((name, value))
    for keyword in call.keywords:
        if keyword.arg is None:
            message = "** is known only when the file runs: write the keys into the call"
            problems.append(problem(place_of(keyword.value), message))
        else:
            found.append((keyword.arg, keyword.value))
    return found


def place_of(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1


if __name__ == "__main__":
    main()
