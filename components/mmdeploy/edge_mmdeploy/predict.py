"""What the unpatched source model predicts, in the form of the graph's outputs."""

from typing import Any

import numpy as np
import torch
from mmengine.config import Config

from .arrays import Array, Arrays
from .codebase import Task
from .samples import Sample

PictureData = dict[str, Any]
NO_LABEL = -1
#: Of the masks of one case: the most confident boxes that have room.
MASK_BYTES = 16 << 20


def predict_tensor(model: Any, task: Task, names: list[str], tensor: torch.Tensor, floating: bool) -> Arrays:
    """By `predict` alone, whose post-processing is the model's own, on an input of the graph.

    names: of the graph's outputs. floating: a segmentor's output is logits, not a map of classes.
    """
    samples = plain_samples(tensor) if task == "detection" else None
    with torch.no_grad():
        results = model.predict(tensor, samples, rescale=False) if samples else model.predict(tensor)
    return _as_outputs(results, task, names, floating)


def picture_data(model: Any, config: Config, sample: Sample) -> PictureData:
    """What the test pipeline and the data preprocessor of the model make of a picture: `inputs` and `data_samples`."""
    from mmengine.dataset import Compose, pseudo_collate

    data = pseudo_collate([Compose(test_pipeline(config))({"img_path": str(sample.path), "img_id": 0})])
    prepared: PictureData = model.data_preprocessor(data, False)
    return prepared


def predict_picture(
    model: Any, task: Task, names: list[str], floating: bool, picture: tuple[PictureData, Sample]
) -> Arrays:
    """For what `picture_data` gave: with it, all that happens where the model was evaluated.

    picture: that, and the picture as MMDeploy made an input of it: boxes come out in pixels of that.
    """
    data, sample = picture
    with torch.no_grad():
        if task == "detection":
            results = model.predict(data["inputs"], data["data_samples"], rescale=True)
        else:
            results = model.predict(data["inputs"])
    outputs = _as_outputs(results, task, names[:2], floating)
    if task == "detection":
        width, height = sample.data["data_samples"][0].metainfo["scale_factor"][:2]
        outputs[names[0]][..., :4] *= np.array([width, height, width, height], np.float32)
    return outputs


def test_pipeline(config: Config) -> list[dict[str, Any]]:
    """Of the test data, where the evaluation takes it from; without labels, which a new picture has none of."""
    dataset = (config.get("test_dataloader") or {}).get("dataset") or {}
    return _without_labels(dataset.get("pipeline") or config.test_pipeline)


def is_evaluated_otherwise(config: Config) -> bool:
    """Whether the evaluation's pipeline is another than `test_pipeline`, which MMDeploy reads."""
    return test_pipeline(config) != _without_labels(config.test_pipeline)


def _without_labels(pipeline: Any) -> list[dict[str, Any]]:
    steps = [dict(step) for step in pipeline if not str(step["type"]).endswith("LoadAnnotations")]
    loads = bool(steps) and str(steps[0]["type"]).endswith("LoadImageFromFile")
    return steps if loads else [{"type": "LoadImageFromFile"}, *steps]


def _as_outputs(results: Any, task: Task, names: list[str], floating: bool) -> Arrays:
    if task == "classification":
        return {names[0]: torch.stack([each.pred_score for each in results]).numpy()}
    if task == "segmentation":
        maps = [each.seg_logits.data if floating else each.pred_sem_seg.data for each in results]
        return {names[0]: torch.stack(maps).numpy()}
    found = [_boxes(each.pred_instances) for each in results]
    most = max(len(boxes) for boxes, _ in found)
    dets = np.zeros((len(found), most, 5), np.float32)
    labels = np.full((len(found), most), NO_LABEL, np.int64)
    for row, (boxes, classes) in enumerate(found):
        dets[row, : len(boxes)], labels[row, : len(boxes)] = boxes, classes
    return {names[0]: dets, names[1]: labels, **_masks(results, names[2:])}


def _boxes(instances: Any) -> tuple[Array, Array]:
    boxes = getattr(instances.bboxes, "tensor", instances.bboxes)
    return torch.cat([boxes, instances.scores[:, None]], dim=1).numpy(), instances.labels.numpy()


def _masks(results: Any, names: list[str]) -> Arrays:
    """0 and 1 over the whole input, [image, box, height, width], of as many boxes of each image as have room."""
    if not names or not all("masks" in each.pred_instances for each in results):
        return {}
    found: list[Any] = [each.pred_instances.masks for each in results]
    height, width = found[0].shape[1:]
    most = min(max(len(masks) for masks in found), MASK_BYTES // max(1, len(found) * height * width))
    kept = np.zeros((len(found), most, height, width), np.uint8)
    for row, masks in enumerate(found):
        kept[row, : min(most, len(masks))] = torch.as_tensor(masks[:most]).numpy()
    return {names[0]: kept} if most else {}


def plain_samples(tensor: torch.Tensor) -> list[Any]:
    """A picture that is as large as the tensor: as MMDeploy's graph sees it."""
    from mmdet.structures import DetDataSample

    size = (int(tensor.shape[2]), int(tensor.shape[3]))
    shapes = dict.fromkeys(("img_shape", "ori_shape", "pad_shape", "batch_input_shape"), size)
    return [DetDataSample(metainfo={**shapes, "scale_factor": (1.0, 1.0)}) for _ in range(len(tensor))]
