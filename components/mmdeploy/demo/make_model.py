"""Makes a tiny real model folder by training with mmengine's own Runner on drawn pictures.

usage: make_model.py cls|det|seg OUT_FOLDER [--steps N]

OUT_FOLDER gets config.py, one .pth as training wrote it, and samples/*.png that the model has not seen.
"""

import argparse
import os
import shutil
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
warnings.simplefilter("ignore")

from mmengine.config import Config  # noqa: E402
from mmengine.runner import Runner  # noqa: E402
from pictures import draw_nothing, draw_pictures  # noqa: E402

CONFIGS = Path(__file__).resolve().parent / "configs"
STEPS = {"cls": 40, "det": 200, "seg": 40}
SAMPLES = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(STEPS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, help="training steps; fewer are faster and worse")
    arguments = parser.parse_args()
    make_model(arguments.kind, arguments.folder, arguments.steps or STEPS[arguments.kind])


def make_model(kind: str, folder: Path, steps: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    samples = folder / "samples"
    samples.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        draw_pictures(work / "data", 64, seed=0)
        draw_pictures(work / "unseen", SAMPLES, seed=1)
        checkpoint = train(kind, work, steps)
        shutil.copy(checkpoint, folder / checkpoint.name)
        pictures = sorted((work / "unseen").glob("cls/*/*.png" if kind == "cls" else "images/*.png"))
        for index, picture in enumerate(pictures):
            shutil.copy(picture, samples / f"{index}.png")
        if kind == "det":
            draw_nothing(samples / "nothing.png", seed=2)
    shutil.copy(CONFIGS / f"{kind}.py", folder / "config.py")


def train(kind: str, work: Path, steps: int) -> Path:
    """The checkpoint that mmengine's own hook wrote after the last step."""
    config = Config.fromfile(str(CONFIGS / f"{kind}.py"))
    config.work_dir = str(work / "work")
    config.train_dataloader.dataset.data_root = str(work / "data")
    config.train_cfg.max_iters = steps
    config.default_hooks.checkpoint.interval = steps
    for part in ("test_dataloader", "test_evaluator", "test_cfg"):
        config[part] = None
    Runner.from_cfg(config).train()
    return Path((work / "work" / "last_checkpoint").read_text().strip())


if __name__ == "__main__":
    main()
