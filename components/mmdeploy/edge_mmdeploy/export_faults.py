"""Why a model cannot be traced into a graph."""

import re
from pathlib import Path

from mmengine.config import Config

from edge_engine.failure import Failure, last_line

from .config_faults import explain_build_error

ADDED_IN = re.compile(r"added in version (\d+)")


def not_exportable(error: Exception, config: Config) -> Failure:
    """It would fail again on the next try: not the outside world's fault. Too little memory and a full disk are."""
    message = f"MMDeploy cannot export this model: {last_line(error)[:500]}"
    if type(error).__name__ == "UnsupportedOperatorError":
        added = ADDED_IN.search(str(error))
        hint = (
            f"Set the option `opset: {added.group(1)}` or a higher one."
            if added
            else "No opset of this torch has that operator: another layer has to take its place."
        )
        return Failure("input", "operator-unsupported", message, hint)
    found = explain_build_error(error, config)
    if found is not None:
        return found
    if config.model.get("test_cfg") is None and isinstance(error, (AttributeError, TypeError)):
        message = f"the model of {Path(config.filename).name} has no test_cfg, which it predicts by: {last_line(error)}"
        hint = "Add model.test_cfg as the model was evaluated with (score_thr, nms, max_per_img of a detector)."
        return Failure("input", "config-without-test-cfg", message, hint)
    hint = (
        "The engine's log names the layer that cannot be traced: another one of the codebase has to take its place. "
        "An opset changes nothing here."
    )
    return Failure("input", "export-failed", message, hint)
