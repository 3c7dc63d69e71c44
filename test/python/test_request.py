import copy
import json
from pathlib import Path

import pytest

from edge_engine.failure import Failure
from edge_engine.request import read_request

GOOD = {
    "protocol": 1,
    "model": {"name": "m", "dir": "/m", "files": [{"role": "config", "path": "a b/config.py"}]},
    "options": {},
    "allow": {"missing": ["x"], "unexpected": []},
    "device": "cpu",
    "samples": ["/m/ü.png"],
    "classes": None,
    "seed": 0,
    "references": {"random": 3, "fp64": True, "shapes": {"height": [64]}},
    "metadata": {},
    "output_dir": "/out",
}


def write(folder: Path, data: object) -> Path:
    path = folder / "request.json"
    path.write_text(json.dumps(data))
    return path


def test_a_request_is_read(tmp_path: Path) -> None:
    request = read_request(write(tmp_path, GOOD))
    assert request.file("config") == Path("/m/a b/config.py")
    assert request.allow_missing == ["x"]
    assert request.shapes == {"height": [64]}


def test_a_role_without_exactly_one_file_is_a_failure_that_says_how_to_choose(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="m has 0 checkpoint files") as raised:
        read_request(write(tmp_path, GOOD)).file("checkpoint")
    assert raised.value.kind == "input"


@pytest.mark.parametrize(
    ("path", "value"),
    [("protocol", 2), ("model.dir", None), ("seed", "0"), ("references.fp64", 1), ("output_dir", 5), ("options", [])],
)
def test_what_breaks_the_protocol_is_refused(tmp_path: Path, path: str, value: object) -> None:
    data = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    target = data
    for parent in parents:
        target = target[parent]
    target[last] = value
    with pytest.raises(ValueError, match="request"):
        read_request(write(tmp_path, data))


def test_code_of_git_lies_in_its_own_folder(tmp_path: Path) -> None:
    data = copy.deepcopy(GOOD)
    data["model"] = {
        "name": "m",
        "dir": "/store",
        "files": [{"role": "checkpoint", "path": "e.pth"}],
        "code": {"dir": "/git", "files": [{"role": "config", "path": "config.py"}]},
    }
    request = read_request(write(tmp_path, data))
    assert request.file("config") == Path("/git/config.py")
    assert request.file("checkpoint") == Path("/store/e.pth")
    assert (request.code, request.code_folder) == (Path("/git"), Path("/git"))
    assert read_request(write(tmp_path, GOOD)).code_folder == Path("/m")
