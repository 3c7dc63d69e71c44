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
from typing import NamedTuple

os.environ.setdefault("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
warnings.simplefilter("ignore")

from mmengine.config import Config  # noqa: E402
from mmengine.runner import Runner  # noqa: E402
from pictures import draw_nothing, draw_pictures  # noqa: E402

CONFIGS = Path(__file__).resolve().parent / "configs"
STEPS = {"cls": 40, "det": 300, "seg": 40}
SAMPLES = 3


class Training(NamedTuple):
    """How long and on how much a model is trained; a rate or batch that is None is the configuration's."""

    steps: int
    pictures: int = 64
    rate: float | None = None
    batch: int | None = None
    score: str = "0.1"


#: With which a detector names the classes of pictures that it has not seen rightly, which a short training does not.
WHOLE = {"det": Training(steps=STEPS["det"], pictures=200, rate=0.05, batch=4, score="0.4")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(STEPS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, help="training steps; fewer are faster and worse")
    arguments = parser.parse_args()
    whole = WHOLE.get(arguments.kind, Training(STEPS[arguments.kind]))
    training = whole if arguments.steps is None else Training(arguments.steps)
    make_model(arguments.kind, arguments.folder, training)


def make_model(kind: str, folder: Path, training: Training | int) -> None:
    if isinstance(training, int):
        training = Training(training)
    folder.mkdir(parents=True, exist_ok=True)
    samples = folder / "samples"
    samples.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        draw_pictures(work / "data", training.pictures, seed=0)
        draw_pictures(work / "unseen", SAMPLES, seed=1)
        checkpoint = train(kind, work, training)
        shutil.copy(checkpoint, folder / checkpoint.name)
        pictures = sorted((work / "unseen").glob("cls/*/*.png" if kind == "cls" else "images/*.png"))
        for index, picture in enumerate(pictures):
            shutil.copy(picture, samples / f"{index}.png")
        if kind == "det":
            draw_nothing(samples / "nothing.png", seed=2)
    config = (CONFIGS / f"{kind}.py").read_text()
    (folder / "config.py").write_text(config.replace("score_thr=0.1", f"score_thr={training.score}"))


def train(kind: str, work: Path, training: Training) -> Path:
    """The checkpoint that mmengine's own hook wrote after the last step."""
    config = Config.fromfile(str(CONFIGS / f"{kind}.py"))
    config.work_dir = str(work / "work")
    config.train_dataloader.dataset.data_root = str(work / "data")
    config.train_cfg.max_iters = training.steps
    config.default_hooks.checkpoint.interval = training.steps
    if training.rate is not None:
        config.optim_wrapper.optimizer.lr = training.rate
        config.param_scheduler[0].T_max = training.steps
    if training.batch is not None:
        config.train_dataloader.batch_size = training.batch
    for part in ("test_dataloader", "test_evaluator", "test_cfg"):
        config[part] = None
    Runner.from_cfg(config).train()
    return Path((work / "work" / "last_checkpoint").read_text().strip())


if __name__ == "__main__":
    main()
