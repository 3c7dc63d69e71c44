"""mmdet's grids of anchors and points are made on the GPU where no device is named; the export runs on the CPU."""

import inspect
from types import FunctionType

GPU, CPU = "cuda", "cpu"


def priors_on_cpu() -> None:
    """MMDeploy's rewriting of RTMDet-Ins names none, and fails where torch has no GPU."""
    from mmdet.models.task_modules import prior_generators

    for kind in vars(prior_generators).values():
        if inspect.isclass(kind):
            for function in vars(kind).values():
                if isinstance(function, FunctionType):
                    _default_to_cpu(function)


def _default_to_cpu(function: FunctionType) -> None:
    defaults = function.__defaults__ or ()
    if GPU in defaults:
        function.__defaults__ = tuple(CPU if value == GPU else value for value in defaults)
