"""deploy.json, pipeline.json and detail.json as MMDeploy's SDK reads them: no path of this machine, no time."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from edge_engine.failure import last_line
from edge_engine.job import Job

from .export import Source
from .model_config import plain


def write_device_files(source: Source, config: Path, checkpoint: Path, folder: Path, job: Job) -> None:
    from mmdeploy.backend.sdk.export_info import get_deploy, get_detail, get_pipeline

    def fresh() -> tuple[Any, Any]:
        """MMDeploy changes the configurations that it is given."""
        model = deepcopy(source.config)
        object.__setattr__(model, "_filename", config.name)
        # mmdet's part of MMDeploy reads the pre-processor inside the model, mmseg's and mmpretrain's beside it.
        preprocessor = model.model.get("data_preprocessor") or model.get("data_preprocessor") or {}
        model.model.setdefault("data_preprocessor", deepcopy(preprocessor))
        model.setdefault("data_preprocessor", deepcopy(preprocessor))
        return deepcopy(source.deploy), model

    deploy, model = fresh()
    job.json_file("device", "deploy.json", _clean(get_deploy(deploy, model, str(job.output), "cpu"), folder))
    deploy, model = fresh()
    try:
        pipeline = get_pipeline(deploy, model, str(job.output), "cpu")
        job.json_file("device", "pipeline.json", _clean(pipeline, folder))
    except Exception as error:
        job.warn(f"no pipeline.json: MMDeploy's SDK does not support this test pipeline ({last_line(error)[:200]})")
    deploy, model = fresh()
    job.json_file("device", "detail.json", _clean(get_detail(deploy, model, checkpoint.name), folder))


def _clean(value: Any, folder: Path) -> Any:
    """JSON data whose order does not hang on a set, with paths below the model's folder instead of absolute ones."""

    def walk(item: Any, key: str) -> Any:
        if isinstance(item, dict):
            return {name: walk(each, name) for name, each in item.items()}
        if isinstance(item, list):
            items = [walk(each, key) for each in item]
            return sorted(items) if key == "meta_keys" else items
        if isinstance(item, str) and item.startswith("/"):
            path = Path(item)
            return str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
        return item

    return walk(plain(value), "")
