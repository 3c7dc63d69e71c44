"""Makes one model folder of the zoo: config.py, one .pth, samples/.

usage: make_zoo_model.py NAME OUT_FOLDER        NAME is a row of models.json
"""

import argparse
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COMPONENTS = HERE.parent.parent / "components"
sys.path[:0] = [str(HERE), str(COMPONENTS / "mmdeploy"), str(COMPONENTS / "_shared")]
os.environ.setdefault("MPLBACKEND", "Agg")
warnings.simplefilter("ignore")

import torch  # noqa: E402
from zoo_maker.configuration import read_configuration  # noqa: E402
from zoo_maker.networks import build_network, class_names, runner, tune_heads  # noqa: E402
from zoo_maker.pictures import batches, write_samples  # noqa: E402
from zoo_maker.weights import randomise, settle_batch_norm  # noqa: E402

from edge_mmdeploy.classes import class_count  # noqa: E402

SEED = 0
#: Two batches of (rows, height, width) are what statistics are taken from.
BATCH = {"mmpretrain": (6, 224, 224), "mmdet": (3, 224, 256), "mmseg": (3, 192, 256)}


def make(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    codebase = row["codebase"]
    config = read_configuration(codebase, row["config"], row)
    model = build_network(codebase, config)
    randomise(model, SEED)
    rows, *size = row.get("statistics", BATCH[codebase])
    inputs = batches(model, (size[0], size[1]), rows, SEED)
    settle_batch_norm(model, runner(codebase, model), inputs)
    facts = tune_heads(codebase, model, row, inputs)
    folder.mkdir(parents=True, exist_ok=True)
    config.dump(str(folder / "config.py"))
    meta = {"dataset_meta": {"classes": class_names(codebase, config, class_count(model))}, "seed": SEED}
    torch.save({"meta": meta, "state_dict": model.state_dict()}, folder / "epoch_1.pth")
    write_samples(folder / "samples", SEED)
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    rows = json.loads((HERE / "models.json").read_text())["models"]
    row = next((each for each in rows if each["name"] == arguments.name), None)
    if row is None:
        parser.error(f"models.json has no row {arguments.name}")
    logging.disable(logging.INFO)
    print(json.dumps(make(row, arguments.folder)))


if __name__ == "__main__":
    main()
