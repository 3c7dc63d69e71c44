from pathlib import Path

import pytest

from edge_engine.failure import Failure, causes_of, last_line, place_in


def test_a_failure_is_plain_data() -> None:
    said = {"kind": "mismatch", "code": "checkpoint-mismatch", "message": "no", "hint": "do"}
    assert Failure("mismatch", "checkpoint-mismatch", "no", "do").as_dict() == said


def test_an_exception_is_said_in_one_line() -> None:
    assert last_line(ValueError("line one\nline two")) == "ValueError: line one line two"


def test_causes_are_followed_unless_they_are_suppressed() -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError:
            raise ValueError("second") from None
    except ValueError as error:
        assert causes_of(error) == [error]
    error = ValueError("cycle")
    error.__cause__ = error
    assert causes_of(error) == [error]


@pytest.mark.parametrize("name", ["net.py", "models/net.py"])
def test_the_place_is_the_models_own_line_also_below_a_library(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("import json\n\ndef forward():\n    return json.loads('{')\n")
    scope: dict = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    with pytest.raises(ValueError) as raised:
        scope["forward"]()
    assert place_in(raised.value, tmp_path) == f"{name}, line 4"
    assert place_in(raised.value, tmp_path / "elsewhere") is None
