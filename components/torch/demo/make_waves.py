"""Makes a small real model to try the engine with. Argument: the model's folder.

A network of filters that hears whether a wave is a sine, a saw or a square; trained for some seconds.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

STEPS, BATCH, LENGTH = 150, 64, 48
KINDS = ("sine", "saw", "square")
CODE = '''"""The network; its weights lie in waves.pth."""

from torch import nn


class Waves(nn.Module):
    def __init__(self):
        super().__init__()
        self.near = nn.Sequential(nn.Conv1d(1, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU())
        self.far = nn.Sequential(nn.Conv1d(16, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.1))
        self.head = nn.Linear(16, 3)

    def forward(self, wave):
        heard = self.far(self.near(wave.unsqueeze(1)))
        return {"scores": self.head(heard.mean(2)).softmax(-1)}


def build():
    return Waves()
'''
CONFIG = """# How the model of the demo is exported: torch.onnx.export's own options.
version: 1
torch:
  args:
    - { shape: [2, 48] }
  dynamic_axes:
    wave: { 0: batch, 1: time }
"""


def main(folder: Path) -> None:
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    (folder / "model.py").write_text(CODE)
    (folder / "conversion.yaml").write_text(CONFIG)
    (folder / "classes.txt").write_text("\n".join(KINDS) + "\n")
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    space: dict[str, object] = {}
    exec(CODE, space)
    model = space["build"]()  # type: ignore[operator]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        waves, kinds = draw(rng, BATCH)
        scores = model(torch.from_numpy(waves))["scores"]
        loss = torch.nn.functional.nll_loss(scores.clamp_min(1e-9).log(), torch.from_numpy(kinds))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    waves, kinds = draw(rng, 300)
    with torch.no_grad():
        right = (model(torch.from_numpy(waves))["scores"].argmax(1).numpy() == kinds).mean()
    print(f"trained: {right:.0%} of 300 new waves are heard rightly")
    torch.save(model.state_dict(), str(folder / "waves.pth"))
    for kind in range(len(KINDS)):
        np.save(folder / "samples" / f"{KINDS[kind]}.npy", waves[kinds == kind][:1])


def draw(rng: np.random.Generator, count: int) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    """Waves of random pitch, phase and loudness with some noise, and their kinds."""
    kinds = rng.integers(0, len(KINDS), size=count)
    turns = rng.uniform(2, 6, (count, 1)) * np.arange(LENGTH) / LENGTH + rng.random((count, 1))
    shapes = np.stack([np.sin(2 * np.pi * turns), 2 * (turns % 1) - 1, np.sign(np.sin(2 * np.pi * turns))])
    waves = shapes[kinds, np.arange(count)] * rng.uniform(0.5, 1.5, (count, 1)) + rng.normal(0, 0.1, (count, LENGTH))
    return waves.astype(np.float32), kinds


if __name__ == "__main__":
    main(Path(sys.argv[1]))
