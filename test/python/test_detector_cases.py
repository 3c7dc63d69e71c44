"""How many rows a detector's random cases have, and which of them are drawn again."""

from engine_script import in_engine

SCRIPT = """
from pathlib import Path
import torch
from edge_engine.job import Job
from edge_mmdeploy.cases import Plan
from edge_mmdeploy.detector_cases import add_detector_cases
from edge_mmdeploy.evaluate import Evaluator
from edge_mmdeploy.recorder import Recorder

class Detector(torch.nn.Module):
    '''One box in each row of the pictures that are large enough; the first ones are another box in float64.'''

    def __init__(self):
        super().__init__()
        self.unclear = given["unclear"]
        self.runs = []

    def forward(self, pictures):
        rows, _, height, width = pictures.shape
        self.runs.append(rows)
        boxes = torch.zeros(rows, 1, 5, dtype=pictures.dtype)
        if height * width >= given["found_from"]:
            boxes[..., 2:4], boxes[..., 4] = 20, 0.5
        if pictures.dtype == torch.float64 and self.unclear:
            boxes[self.unclear.pop(0), 0, :4] += 9
        return boxes, torch.zeros(rows, 1, dtype=torch.int64)

model = Detector()
job = Job(Path("output"), ())
recorder = Recorder(Evaluator(model, ["dets", "labels"], [], lambda: None), "input", True, job)
none = torch.zeros(1, 1, 1)
plan = Plan((192, 256), set(given["free"]), 3, {}, none, none + 1, 0)
add_detector_cases(recorder, plan, [torch.zeros(1, 3, 192, 256)], 0, job)
references = recorder.references
rows = {case: len(references.array(case, "in", "input")) for case in references.kinds if case != "flat"}
print(json.dumps([rows, model.runs, job.environment.get("unclear_inputs", 0)]))
"""
SMALL, NEXT, NEVER = 128 * 160, 160 * 160, 10**9


def recorded(python: str, found_from: int = 0, unclear: tuple = (), free: tuple = (0, 2, 3)) -> list:
    return in_engine(python, SCRIPT, {"found_from": found_from, "unclear": list(unclear), "free": list(free)})


def test_one_case_has_several_rows_if_there_is_a_box(engine_python: str) -> None:
    rows, _, _ = recorded(engine_python, SMALL)
    assert rows == {"random-0": 2, "random-1": 2, "random-2": 1}


def test_several_rows_without_a_box_are_followed_by_more(engine_python: str) -> None:
    rows, _, _ = recorded(engine_python, NEXT)
    assert rows == {"random-0": 2, "random-1": 2, "random-2": 1}
    rows, _, _ = recorded(engine_python, NEVER)
    assert rows == {"random-0": 2, "random-1": 2, "random-2": 2}


def test_only_unclear_rows_are_drawn_again_and_no_case_runs_once_more(engine_python: str) -> None:
    rows, runs, unclear = recorded(engine_python, unclear=(1,))
    assert rows == {"random-0": 2, "random-1": 2, "random-2": 1}
    assert unclear == 1
    # Each in float32 and in float64.
    assert runs[:4] == [2, 2, 2, 2]
    assert runs[4:8] == [2, 2, 1, 1]


def test_rows_that_stay_unclear_are_left_out(engine_python: str) -> None:
    rows, runs, unclear = recorded(engine_python, unclear=(0, 0, 0))
    assert rows == {"random-0": 1, "random-1": 2, "random-2": 1}
    assert unclear == 3
    assert runs[6:8] == [1, 1], "what is left runs alone"


def test_a_fixed_batch_has_one_row_in_each_case(engine_python: str) -> None:
    rows, _, _ = recorded(engine_python, free=(2, 3))
    assert set(rows.values()) == {1}
