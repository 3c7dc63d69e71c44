"""Semi-supervised training wraps two copies of a detector; what predicts is one of them, and that one is converted."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from .checkpoint_file import Checkpoint

#: As mmdet's SemiBaseDetector predicts where it is not told.
DEFAULT = "teacher"


def unwrap_semi_supervised(config: Any) -> str | None:
    """Puts the inner detector into the place of its wrapper. Returns `teacher` or `student`, None without a wrapper."""
    model = config.model
    if not isinstance(model.get("detector"), dict) or "semi_train_cfg" not in model:
        return None
    branch = str((model.get("semi_test_cfg") or {}).get("predict_on", DEFAULT))
    inner = deepcopy(model.detector)
    outer = (model.get("data_preprocessor") or {}).get("data_preprocessor")
    if outer is not None:
        inner.data_preprocessor = deepcopy(outer)
    config.model = inner
    return branch


def of_branch(checkpoint: Checkpoint, branch: str | None) -> Checkpoint:
    """The tensors of one branch under the names of the inner detector; all where none is of a branch."""
    prefix = f"{branch}."
    own = {key.removeprefix(prefix): value for key, value in checkpoint.state.items() if key.startswith(prefix)}
    if branch is None or not own:
        return checkpoint
    return replace(checkpoint, state=own, versions=None, weights=f"{branch} of {checkpoint.weights}")
