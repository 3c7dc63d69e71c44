"""Settings of a model that MMDeploy does not read: the graph is made to follow them, or the model is refused."""

from typing import Any

from .codebase import Task
from .suppression import check_suppression, follow_source
from .windows import Windows, check_windows


def follow_model(config: Any, deploy: Any, task: Task, own: bool, file: str) -> Windows | None:
    """Changes the deployment configuration. config: of the model. Returns the windows that a device has to cut.

    own: the deployment configuration is the engine's; one that somebody wrote stays as it is. Raises a Failure where
    MMDeploy would write another model in silence.
    """
    test_cfg = config.model.get("test_cfg")
    if task == "detection":
        check_suppression(test_cfg, file)
        if own:
            follow_source(test_cfg, deploy.codebase_config.post_processing)
    if task != "segmentation":
        return None
    windows = check_windows(config, deploy, file)
    if windows is not None and own:
        # Scores of windows that overlap have a mean, maps of classes have none.
        deploy.codebase_config.with_argmax = False
    return windows
