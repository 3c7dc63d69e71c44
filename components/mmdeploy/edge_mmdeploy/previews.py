"""Pictures of what the model gets, for people."""

import torch

from edge_engine.job import Job
from edge_engine.png import png_bytes
from edge_engine.references import References

from .cases import Plan
from .samples import pixels_of


def write_previews(references: References, name: str, plan: Plan, rgb: bool, job: Job) -> None:
    """The input tensors of the real samples and of the first random case as pictures."""
    wanted = [case for case, kind in references.kinds.items() if kind == "real" or case == "random-0"]
    for case in wanted:
        tensor = torch.from_numpy(references.array(case, "in", name)[0])
        pixels = pixels_of(tensor, plan.mean, plan.std, rgb)
        job.file("preview", f"previews/{case}.png").write_bytes(png_bytes(pixels))
