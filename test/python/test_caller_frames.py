"""MMDeploy learns who called it without reading the source of every caller; any other program gets what it asks for."""

from engine_script import in_engine

#: MMDeploy's own question, from a function of a module that is not the engine's.
SCRIPT = """
import inspect
import time
import mmdeploy.core.rewriters.rewriter_utils as utils

def asks():
    return utils.get_frame_func(1).__name__, [frame.function for frame in inspect.stack()][:1]

def seconds():
    start = time.process_time()
    for _ in range(20):
        asked = asks_mmdeploy()
    return time.process_time() - start, asked

def asks_mmdeploy():
    return utils.get_frame_func(1).__name__

slow, before = seconds()
lines = [frame.code_context for frame in inspect.stack(3)]
from edge_mmdeploy.caller_frames import without_source_lines
if given:
    without_source_lines()
quick, after = seconds()
again = [frame.code_context for frame in inspect.stack(3)]
said = {"same": before == after, "asked": after, "lines": lines == again, "times": slow / quick, "own": asks()}
print(json.dumps(said))
"""


def test_mmdeploy_is_told_the_same_in_less_time(engine_python: str) -> None:
    said = in_engine(engine_python, SCRIPT, True)
    assert (said["same"], said["asked"]) == (True, "asks_mmdeploy")
    assert said["own"] == ["asks", ["asks"]]
    assert said["lines"], "not of MMDeploy: with the lines of the source"
    assert said["times"] > 3


def test_by_itself_it_takes_the_same_time_again(engine_python: str) -> None:
    assert in_engine(engine_python, SCRIPT, False)["times"] < 3
