"""Pictures for statistics and samples: seeded, drawn, nobody's property."""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from edge_mmdeploy.pictures import noise_picture, smooth_picture

#: (height, width) and file of the samples; none is square, so that resizing is seen.
SAMPLES = ((240, 320, "0.png"), (320, 260, "1.jpg"))


def write_samples(folder: Path, seed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for height, width, name in SAMPLES:
        picture = smooth_picture(rng, height, width).transpose(1, 2, 0).astype(np.uint8)
        cv2.imwrite(str(folder / name), picture)


def batches(model: nn.Module, size: tuple[int, int], rows: int, seed: int) -> list[torch.Tensor]:
    """Inputs [rows, 3, h, w], normalised as the network does it: smooth ones and noise in turn."""
    rng = np.random.default_rng(seed)
    preprocessor = getattr(model, "data_preprocessor", None)
    mean = getattr(preprocessor, "mean", None)
    std = getattr(preprocessor, "std", None)
    found = []
    for _ in range(2):
        drawn = [(noise_picture if row == 1 else smooth_picture)(rng, *size) for row in range(rows)]
        tensor = torch.from_numpy(np.stack(drawn))
        if mean is not None and std is not None:
            tensor = (tensor - mean.reshape(-1, 1, 1)) / std.reshape(-1, 1, 1)
        found.append(tensor)
    return found
