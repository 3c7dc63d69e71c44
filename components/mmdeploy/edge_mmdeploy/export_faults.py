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
            else "No opset of this torch version has that operator: replace the layer."
        )
        return Failure("input", "operator-unsupported", message, hint)
    found = explain_build_error(error, config)
    if found is not None:
        return found
    if config.model.get("test_cfg") is None and isinstance(error, (AttributeError, TypeError)):
        message = (
            f"the model of {Path(config.filename).name} has no test_cfg, which it needs for prediction: "
            f"{last_line(error)}"
        )
        hint = "Add the model.test_cfg that the model was evaluated with (score_thr, nms, max_per_img of a detector)."
        return Failure("input", "config-without-test-cfg", message, hint)
    hint = (
        "The engine's log names the layer that cannot be traced: replace it with another layer of the codebase. "
        "Another opset does not help."
    )
    return Failure("input", "export-failed", message, hint)
