"""Draws the pictures that the demo models learn from: squares, discs and triangles, with their labels."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
#: Kind, then left, top and side of its box.
Shape = tuple[int, tuple[int, int, int]]

CLASSES = ("square", "disc", "triangle")
SIZE = 128
CELLS = [(row, column) for row in (32, 96) for column in (32, 96)]


def draw_pictures(root: Path, count: int, seed: int) -> None:
    """For all three tasks: `cls/<class>/*.png`, `images/*.png` with `coco.json`, and `masks/*.png`."""
    rng = np.random.default_rng(seed)
    for folder in ("images", "masks", *(f"cls/{name}" for name in CLASSES)):
        (root / folder).mkdir(parents=True, exist_ok=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for index in range(count):
        name = f"{index:03d}.png"
        picture, mask, boxes = _scene(rng)
        cv2.imwrite(str(root / "images" / name), picture)
        cv2.imwrite(str(root / "masks" / name), mask)
        images.append({"id": index, "file_name": name, "width": SIZE, "height": SIZE})
        for kind, (x, y, side) in boxes:
            annotation = {"id": len(annotations) + 1, "image_id": index, "category_id": kind + 1, "iscrowd": 0}
            annotations.append({**annotation, "bbox": [x, y, side, side], "area": side * side})
        kind = index % len(CLASSES)
        single = _background(rng)
        _shape(single, None, rng, kind, SIZE // 2, SIZE // 2, int(rng.integers(20, 44)))
        cv2.imwrite(str(root / "cls" / CLASSES[kind] / name), cv2.resize(single, (64, 64)))
    categories = [{"id": index + 1, "name": name} for index, name in enumerate(CLASSES)]
    coco = {"images": images, "annotations": annotations, "categories": categories}
    (root / "coco.json").write_text(json.dumps(coco))


def draw_nothing(path: Path, seed: int) -> None:
    """A picture without a shape: a detector's empty answer has to be right too."""
    cv2.imwrite(str(path), _background(np.random.default_rng(seed)))


def _scene(rng: np.random.Generator) -> tuple[Picture, Picture, list[Shape]]:
    """One to three shapes, one to a quarter, so that they never overlap."""
    picture, mask = _background(rng), np.zeros((SIZE, SIZE), np.uint8)
    boxes: list[Shape] = []
    for cell in rng.permutation(len(CELLS))[: rng.integers(1, 4)]:
        kind, radius = int(rng.integers(len(CLASSES))), int(rng.integers(14, 26))
        y, x = (int(value + rng.integers(-5, 6)) for value in CELLS[cell])
        _shape(picture, mask, rng, kind, x, y, radius)
        boxes.append((kind, (x - radius, y - radius, 2 * radius)))
    return picture, mask, boxes


def _background(rng: np.random.Generator) -> Picture:
    return rng.integers(100, 156, (SIZE, SIZE, 3), dtype=np.uint8)


def _shape(
    picture: Picture, mask: Picture | None, rng: np.random.Generator, kind: int, x: int, y: int, radius: int
) -> None:
    """Squares are mostly blue, discs green, triangles red."""
    color = [int(value) for value in rng.integers(0, 60, 3)]
    color[kind] = 255 - color[kind]
    for target, value in ((picture, color), (mask, kind + 1)):
        if target is None:
            continue
        if kind == 0:
            cv2.rectangle(target, (x - radius, y - radius), (x + radius, y + radius), value, -1)
        elif kind == 1:
            cv2.circle(target, (x, y), radius, value, -1)
        else:
            corners = [[x, y - radius], [x - radius, y + radius], [x + radius, y + radius]]
            cv2.fillPoly(target, [np.array(corners, np.int32)], value)
