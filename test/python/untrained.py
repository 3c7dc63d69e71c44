"""A checkpoint of a network that nobody trained: random weights, and running statistics that are not 0 and 1."""

from pathlib import Path

from engine_script import in_engine

MAKE = """
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

folder, codebase = given
sys.path.insert(0, folder)
config = Config.fromfile(folder + "/config.py")
if codebase == "mmpretrain":
    config.model.data_preprocessor = dict(type="ClsDataPreprocessor", **config.data_preprocessor)
init_default_scope(codebase)
__import__(codebase + ".models")
torch.manual_seed(0)
model = MODELS.build(config.model)
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.normal_(module.running_mean, std=0.3)
        torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
torch.save({"state_dict": model.state_dict(), "meta": {}}, folder + "/epoch_1.pth")
print(json.dumps(None))
"""


def save_untrained(python: str, folder: Path, codebase: str = "mmpretrain") -> None:
    """Writes epoch_1.pth for the config.py in the folder."""
    in_engine(python, MAKE, [str(folder), codebase])
