"""MMDeploy learns who called it without looking for the source of every caller; others get what they ask for."""

from typing import Any

from engine_script import in_engine

#: MMDeploy's own question, from a function of a module that is not the engine's; each look for a source, or for its
#: file, is counted.
SCRIPT = """
import inspect
import mmdeploy.core.rewriters.rewriter_utils as utils

looks = {"findsource": 0, "getsourcefile": 0}

def counted(name):
    find = getattr(inspect, name)
    def count(asked):
        looks[name] += 1
        return find(asked)
    setattr(inspect, name, count)

for name in looks:
    counted(name)

def looks_of(question):
    looks.update(dict.fromkeys(looks, 0))
    return question(), looks["findsource"], looks["getsourcefile"] > 0

def asks_mmdeploy():
    return utils.get_frame_func(1).__name__

def asks_itself():
    return [frame.function for frame in inspect.stack()]

before, itself_before = looks_of(asks_mmdeploy), looks_of(asks_itself)
from edge_mmdeploy.caller_frames import without_source_lines
if given:
    without_source_lines()
after, itself_after = looks_of(asks_mmdeploy), looks_of(asks_itself)
said = {"before": before, "after": after, "itself_before": itself_before, "itself_after": itself_after}
print(json.dumps(said))
"""

FRAMES = ["asks_itself", "looks_of", "<module>"]


def test_mmdeploy_is_told_the_same_and_no_source_is_read(engine_python: str) -> None:
    said = _asked(engine_python, True)
    assert said["after"] == ["asks_mmdeploy", 0, False]
    assert said["itself_after"] == [FRAMES, len(FRAMES), True], "not of MMDeploy: with the source of each frame"


def test_by_itself_it_reads_the_source_of_each_caller(engine_python: str) -> None:
    said = _asked(engine_python, False)
    assert said["after"] == said["before"]


def _asked(python: str, patched: bool) -> dict[str, Any]:
    """Each question before the engine's patch and after it: what was answered, and how many sources were looked for."""
    said: dict[str, Any] = in_engine(python, SCRIPT, patched, fresh=True)
    assert said["before"][0] == "asks_mmdeploy" and said["before"][1] >= len(FRAMES)
    assert said["itself_before"] == [FRAMES, len(FRAMES), True]
    return said
