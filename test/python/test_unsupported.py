"""Each row of unsupported.json: refused by name with its step; and the row still says what is true."""

import json

import pytest
from engine_process import ROOT
from engine_script import in_engine

ROWS = json.loads((ROOT / "components/mmdeploy/edge_mmdeploy/unsupported.json").read_text())
NAMES = [f"{row['codebase']}-{(row.get('types') or [row['module']])[0]}" for row in ROWS]

REFUSED = """
import importlib
from mmengine.config import Config
from edge_engine.failure import Failure
from edge_mmdeploy.codebase import CODEBASES
from edge_mmdeploy.unsupported import check_supported
codebase = CODEBASES[given["codebase"]]
importlib.import_module(codebase.name + ".models")
known = importlib.import_module(codebase.name + ".registry").MODELS.module_dict
types = given.get("types") or [name for name, kind in known.items() if kind.__module__.startswith(given["module"])]
said = {}
for kind in types:
    try:
        check_supported(Config({"model": {"type": "Whole", "head": [{"part": {"type": kind}}]}}), codebase, "config.py")
    except Failure as failure:
        said[kind] = [kind in known, failure.as_dict()]
print(json.dumps([types, said]))
"""

ORDINARY = """
from mmengine.config import Config
from edge_mmdeploy.codebase import CODEBASES
from edge_mmdeploy.unsupported import check_supported
for name, path in given.items():
    check_supported(Config.fromfile(path), CODEBASES[name], "config.py")
print("true")
"""

INSTALLED = """
import importlib.util
print(json.dumps([name for name in given if importlib.util.find_spec(name)]))
"""


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_each_row_refuses_its_types_wherever_they_are(engine_python: str, row: dict) -> None:
    types, said = in_engine(engine_python, REFUSED, row)
    assert types
    assert list(said) == types
    for kind, (is_known, failure) in said.items():
        assert is_known, f"{row['codebase']} has no {kind}"
        assert (failure["kind"], failure["code"], failure["hint"]) == ("input", "unsupported-model", row["next"])
        assert failure["message"] == f"MMDeploy cannot convert the model of config.py: {kind} is {row['why']}"


def test_the_demos_are_supported(engine_python: str) -> None:
    configs = ROOT / "components/mmdeploy/demo/configs"
    files = {"mmpretrain": "cls.py", "mmdet": "det.py", "mmseg": "seg.py"}
    assert in_engine(engine_python, ORDINARY, {name: str(configs / file) for name, file in files.items()})


def test_packages_that_a_row_misses_are_not_in_the_engine(engine_python: str) -> None:
    missing = [row["package"] for row in ROWS if "package" in row]
    assert missing
    assert in_engine(engine_python, INSTALLED, missing) == []


NO_TENSORS = """
from mmengine.structures import InstanceData
from edge_mmdeploy.evaluate import flat
try:
    flat([InstanceData()])
except TypeError as error:
    print(json.dumps(str(error)))
"""


def test_a_head_that_no_row_names_is_told_from_one_that_gives_tensors(engine_python: str) -> None:
    assert in_engine(engine_python, NO_TENSORS).startswith("the model returns InstanceData instead of tensors")


REWRITTEN = """
import importlib, warnings
warnings.simplefilter("ignore")
import mmdet.models
from mmdeploy.codebase import import_codebase
from mmdeploy.core import RewriterContext
from mmdeploy.utils import Codebase
from mmdet.registry import MODELS
from mmengine.config import Config
import_codebase(Codebase.MMDET)
deploy = Config.fromfile(sys.argv[1] + "/components/mmdeploy/deploy/instance_onnxruntime_dynamic.py")
with RewriterContext(cfg=deploy, backend="onnxruntime", opset=11):
    modules = {kind: getattr(MODELS.get(kind), method).__module__ for kind, method in given}
print(json.dumps(sorted(kind for kind, module in modules.items() if module.startswith("mmdeploy"))))
"""


def test_mmdeploy_rewrites_no_method_that_a_row_misses(engine_python: str) -> None:
    asked = [(kind, row["method"]) for row in ROWS if "method" in row for kind in row["types"]]
    assert len(asked) >= 3
    assert in_engine(engine_python, REWRITTEN, [*asked, ("RetinaHead", "predict_by_feat")]) == ["RetinaHead"]
