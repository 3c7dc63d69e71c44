"""The three codebases: how a network of each is built, run on a tensor, and given a telling head."""

import importlib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
from mmengine.config import Config
from mmengine.model import revert_sync_batchnorm
from mmengine.registry import MODELS, init_default_scope
from torch import nn

from .heads import aim, layers_like, shift_bias, standardise

#: Detections in the picture that has most: enough to compare, fewer than the 100 that are kept.
WANTED = (25, 80)
#: Layers by name, with the mean and spread that their outputs get: larger logits would amplify noise.
HEADS = {
    "mmpretrain": [[(r"^(head\.(.*\.)?(fc|head)|backbone\.classifier\.6)$", 0, 1.2)]],
    "mmseg": [[(r"decode_head(\.\d+)?\.conv_seg$", 0, 3)]],
}
Batches = list[torch.Tensor]


def build_network(codebase: str, config: Config) -> nn.Module:
    init_default_scope(codebase)
    importlib.import_module(f"{codebase}.models")
    # Some networks write into their configuration as they are built.
    settings = deepcopy(config.model)
    if codebase == "mmpretrain":
        settings["data_preprocessor"] = {"type": "ClsDataPreprocessor", **config.get("data_preprocessor", {})}
    return revert_sync_batchnorm(MODELS.build(settings)).eval()


def class_names(codebase: str, config: Config, count: int | None) -> list[str]:
    """As training writes them into a checkpoint: those of the dataset where their number fits."""
    names = _dataset_names(codebase, config)
    return names if count is None or len(names) == count else [f"class {index}" for index in range(count)]


def runner(codebase: str, model: Any) -> Callable[[torch.Tensor], object]:
    """A forward pass through all that the outputs hang on."""
    if codebase == "mmdet":
        stages = hasattr(model, "roi_head") or hasattr(model, "encoder")
        return lambda batch: detect(model, batch) if stages else model.bbox_head(_features(model, batch))
    if codebase == "mmseg":
        return lambda batch: model.encode_decode(batch, [{"img_shape": tuple(batch.shape[-2:])}] * len(batch))
    return lambda batch: model(batch, mode="tensor")


def tune_heads(codebase: str, model: Any, row: dict[str, Any], batches: Batches) -> dict[str, Any]:
    """In place. Returns what was found, for people."""
    run = runner(codebase, model)

    def all_batches() -> None:
        for batch in batches:
            run(batch)

    for group in row.get("heads", HEADS.get(codebase, [])):
        targets = [(layer, mean, spread) for pattern, mean, spread in group for layer in layers_like(model, pattern)]
        standardise(targets, all_batches)
    if codebase != "mmdet":
        return {}
    layers, background = layers_like(model, row["aim"]["layers"]), row["aim"].get("background")
    if background is not None:
        shift_bias(layers, -8, background)

    least = row["aim"].get("score", 0.0)

    def most() -> int:
        return max(int((result.scores >= least).sum()) for result in detect(model, batches[0]))

    return {"detections": aim(most, lambda by: shift_bias(layers, by, background), WANTED)}


def detect(model: Any, batch: torch.Tensor) -> list[Any]:
    """The network's own predictions, in pixels of the tensor."""
    from mmdet.structures import DetDataSample

    size = tuple(batch.shape[-2:])
    about = {"img_shape": size, "ori_shape": size, "batch_input_shape": size, "pad_shape": size, "scale_factor": (1, 1)}
    head = getattr(model, "bbox_head", None)
    if head is not None and not hasattr(head, "loss_cls"):
        # SSDHead.predict reads an attribute that SSDHead never sets.
        head.loss_cls = None
    samples = [DetDataSample(metainfo=about) for _ in batch]
    with torch.no_grad():
        return [sample.pred_instances for sample in model.predict(batch, samples, rescale=False)]


def _features(model: Any, batch: torch.Tensor) -> Any:
    return model.extract_feat(batch)


def _dataset_names(codebase: str, config: Config) -> list[str]:
    datasets = importlib.import_module(f"{codebase}.datasets")
    if codebase == "mmpretrain":
        return list(importlib.import_module("mmpretrain.datasets.categories").IMAGENET_CATEGORIES)
    dataset = config.test_dataloader.dataset
    return [str(name) for name in getattr(datasets, dataset.type).METAINFO["classes"]]
