"""MMDeploy's rewriting looks through the process once, and the same functions stand in the same places."""

from typing import Any

from engine_script import in_engine

#: All functions of all modules and classes, by their code: MMDeploy makes copies of its own.
SCRIPT = """
import gc, types
import mmdeploy.codebase.mmdet.models
from edge_mmdeploy.one_search import search_once
from mmdeploy.core import RewriterContext
from mmengine.config import Config

searches = 0
look = gc.get_referrers

def counted(*wanted):
    global searches
    searches += 1
    return look(*wanted)

gc.get_referrers = counted

def functions():
    found = {}
    for name, module in list(sys.modules.items()):
        if isinstance(module, types.ModuleType) and not name.startswith("mmdeploy.core.rewriters"):
            for key, value in list(vars(module).items()):
                for inner, each in [("", value), *(vars(value).items() if isinstance(value, type) else ())]:
                    if isinstance(each, types.FunctionType):
                        found[name, key, inner] = each.__code__
    return found

def rewritten():
    global searches
    searches = 0
    with RewriterContext(Config({"onnx_config": {}}), backend="onnxruntime", opset=11):
        inside = functions()
    return inside, functions(), searches

rewritten()
before = functions()
inside, after, many = rewritten()
if given:
    search_once()
own_inside, own_after, own = rewritten()
print(json.dumps([own_inside == inside, own_after == after == before, inside != before, many > 10, own]))
"""

#: The functions stand in a tuple, which stays as it is.
NAMES = """
from edge_mmdeploy.one_search import replace_all
kept = tuple((lambda: 1) for _ in range(4))
place, row = {"a": kept[0], "b": kept[0], "origin_func": kept[0]}, [kept[0], kept[3]]
replace_all([(kept[0], kept[1]), (kept[0], kept[2])])
said = [place["a"] is place["b"] is row[0] is kept[2], place["origin_func"] is kept[0], row[1] is kept[3]]
replace_all([(kept[2], kept[0]), (kept[2], kept[0])])
print(json.dumps([*said, place["a"] is place["b"] is row[0] is kept[0]]))
"""


def test_the_same_is_rewritten_and_put_back(engine_python: str) -> None:
    assert _asked(engine_python, True) == [True, True, True, True, 2]


def test_mmdeploy_alone_searches_for_each_function(engine_python: str) -> None:
    assert _asked(engine_python, False)[-1] > 10


def test_a_function_of_two_names_becomes_the_last_one(engine_python: str) -> None:
    assert in_engine(engine_python, NAMES) == [True] * 4


def _asked(python: str, patched: bool) -> Any:
    return in_engine(python, SCRIPT, patched)
