"""With code-from: git a checkpoint gives tensors and plain data; whatever else is in it is not run."""

from typing import Any

import pytest
from engine_script import in_engine

HEAD = """
import os, pickle, zipfile, torch
from collections import OrderedDict, defaultdict
from pathlib import Path
from edge_mmdeploy.checkpoint_file import read_checkpoint
from edge_engine.failure import Failure

folder = Path(given)
marker = folder / "ran"
state = OrderedDict(a=torch.arange(6.0).reshape(2, 3).t(), b=torch.tensor(7), c=torch.empty(0))
state._metadata = OrderedDict({"": {"version": 2}})

class Runs:
    def __init__(self, function, *arguments): self.call = (function, arguments)
    def __reduce__(self): return self.call
    def __call__(self): return None

def attempt(save):
    path = folder / "epoch.pth"
    try:
        save(path)
        read = read_checkpoint(path, "state_dict", only_tensors=True)
        return {name: value.tolist() for name, value in read.state.items()} | {"classes": read.classes}
    except Failure as failure:
        return [failure.code, str(failure)]

def saved(data, **options):
    return attempt(lambda path: torch.save(data, str(path), **options))
"""
STATE = {"a": [[0, 3], [1, 4], [2, 5]], "b": 7, "c": []}


@pytest.mark.parametrize("is_zip", [True, False])
def test_tensors_and_class_names_are_as_torch_reads_them(engine_python: str, tmp_path: Any, is_zip: bool) -> None:
    lines = """
meta = {"dataset_meta": {"classes": ("x", "y")}, "epoch": 3}
given_options = {"_use_new_zipfile_serialization": %s}
path = folder / "whole.pth"
torch.save({"state_dict": state, "meta": meta}, str(path), **given_options)
ours, theirs = (read_checkpoint(path, "state_dict", only) for only in (True, False))
same = all(torch.equal(ours.state[k], v) and ours.state[k].dtype == v.dtype for k, v in theirs.state.items())
print(json.dumps([same, ours.classes, ours.versions == theirs.versions, len(ours.state)]))
"""
    assert in_engine(engine_python, HEAD + lines % is_zip, str(tmp_path)) == [True, ["x", "y"], True, 3]


def test_what_training_leaves_beside_the_weights_is_passed_over(engine_python: str, tmp_path: Any) -> None:
    lines = """
import datetime
import numpy as np
from mmengine.logging import HistoryBuffer
history = HistoryBuffer([1.0, 2.0], [1, 1])
left = {"log": {"loss": history}, "when": datetime.datetime(2024, 1, 1), "np": np.float64(2), "rng": np.arange(9)}
left["more"] = defaultdict(list, a=[1])
parameter = torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.AdamW([parameter])
parameter.sum().backward()
optimizer.step()
whole = {"state_dict": {**state, "d": parameter}, "message_hub": left, "optimizer": optimizer.state_dict()}
print(json.dumps(saved(whole)))
"""
    read = in_engine(engine_python, HEAD + lines, str(tmp_path))
    assert isinstance(read, dict), read
    assert read.pop("d") == pytest.approx([0.999, 0.999], abs=1e-3)
    assert read == {**STATE, "classes": None}


HOSTILE = {
    "a shell": "saved({'state_dict': state, 'meta': Runs(os.system, touch)})",
    "a shell, before torch 1.6": "saved({'state_dict': state, 'x': Runs(os.system, touch)}, **OLD)",
    "eval": "saved({'state_dict': state, 'meta': Runs(eval, f'open({str(marker)!r}, \"w\")')})",
    "a pickle alone": "attempt(lambda path: path.write_bytes(pickle.dumps(Runs(os.system, touch), 2)))",
    "a module of the folder": "saved({'state_dict': state, 'meta': Runs(__import__, 'beside')})",
    "a network as a whole": "saved(torch.nn.Sequential(torch.nn.Linear(2, 2)))",
    "a program": "attempt(lambda path: torch.jit.save(torch.jit.script(torch.nn.ReLU()), str(path)))",
    "a weight that is not a tensor": "saved({'state_dict': {**state, 'd': Runs(torch.load, other)}})",
    "a tensor beyond its numbers": "saved({'state_dict': {'a': Runs(REBUILD, STORAGE, 0, (99,), (1,), False, {})}})",
}
#: torch's own names, and those of mmengine, become objects that do nothing.
INERT = {
    "torch's own loader": "saved({'state_dict': state, 'meta': Runs(torch.load, other)})",
    "a method by its name": "saved({'state_dict': state, 'meta': Runs(Runs(getattr, dict, 'fromkeys'), 'ab')})",
}


@pytest.fixture(scope="module")
def outcomes(engine_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "beside.py").write_text(f"open({str(folder / 'ran')!r}, 'w')")
    lines = """
touch, other, OLD = f"touch {marker}", str(folder / "other.pth"), {"_use_new_zipfile_serialization": False}
REBUILD, STORAGE = torch._utils._rebuild_tensor_v2, state["a"].storage()
torch.save({"x": Runs(os.system, touch)}, other)
sys.path.append(given)
"""
    calls = {**HOSTILE, **INERT}
    row = "done[{!r}] = [{}, marker.exists()]; marker.unlink(missing_ok=True)"
    rows = [row.format(name, call) for name, call in calls.items()]
    script = "\n".join([HEAD, lines, "done = {}", *rows, "print(json.dumps(done))"])
    return dict(in_engine(engine_python, script, str(folder)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_checkpoint_that_wants_more_than_tensors_is_refused_and_does_not_run(
    outcomes: dict[str, Any], name: str
) -> None:
    outcome, ran = outcomes[name]
    assert not ran
    codes = ("checkpoint-not-tensors", "checkpoint-not-torch", "checkpoint-unreadable", "checkpoint-without-weights")
    assert outcome[0] in codes, outcome


@pytest.mark.parametrize("name", INERT)
def test_what_is_passed_over_does_not_run(outcomes: dict[str, Any], name: str) -> None:
    outcome, ran = outcomes[name]
    assert not ran
    assert outcome == {**STATE, "classes": None}
