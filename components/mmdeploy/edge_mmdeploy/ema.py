"""Two sets of weights in one checkpoint: say which one is exported."""

from typing import Any

from edge_engine.failure import Failure
from edge_engine.job import Job

from .checkpoint_file import Checkpoint


def check_ema(config: Any, checkpoint: Checkpoint, stated: bool, job: Job) -> None:
    """EMAHook saves the averaged weights as `state_dict`; without that hook nobody can tell which is which."""
    job.environment["weights"] = checkpoint.weights
    if not checkpoint.has_ema:
        return
    print(f"weights: {checkpoint.weights}", flush=True)
    hooks = [hook.get("type") for hook in config.get("custom_hooks") or [] if isinstance(hook, dict)]
    if stated or any(str(getattr(hook, "__name__", hook)).endswith("EMAHook") for hook in hooks):
        return
    hint = "Upload the config.py of that training, or choose with the option `weights: state_dict | ema_state_dict`."
    message = f"{checkpoint.file} contains EMA weights, but its configuration has no EMAHook"
    raise Failure("mismatch", "ema-unclear", message, hint)
