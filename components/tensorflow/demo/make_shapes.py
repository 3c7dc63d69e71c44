"""Makes a small real model to try the engine with. Argument: the model's folder.

Pictures of a disc, a square or a cross, and a network that learns in seconds which of them it sees.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

CLASSES = ("disc", "square", "cross")
SIDE = 32
PICTURES = 480


def draw(rng: np.random.Generator, label: int) -> NDArray[np.uint8]:
    """uint8 [side, side, 3]: the shape in one colour, somewhere on a noisy ground of another."""
    y, x = np.mgrid[:SIDE, :SIDE] - rng.integers(11, 21, size=2)[:, None, None]
    radius = rng.integers(6, 10)
    masks = (x**2 + y**2 < radius**2, np.maximum(abs(x), abs(y)) < radius, np.minimum(abs(x), abs(y)) < radius // 3)
    inside = masks[label] & (np.maximum(abs(x), abs(y)) < radius)
    ground, colour = rng.integers(0, 100, size=3), rng.integers(150, 256, size=3)
    picture = np.where(inside[..., None], colour, ground) + rng.normal(0, 8, (SIDE, SIDE, 3))
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def main(folder: Path) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    labels = rng.integers(0, len(CLASSES), size=PICTURES)
    pictures = np.stack([draw(rng, label) for label in labels]).astype(np.float32)
    image = keras.Input((SIDE, SIDE, 3), name="image")
    x = layers.Rescaling(1 / 255)(image)
    for width in (8, 16, 24):
        x = layers.Conv2D(width, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.8)(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    model = keras.Model(image, layers.Dense(len(CLASSES), activation="softmax", name="probs")(x), name="shapes")
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(pictures, labels, batch_size=32, epochs=6, verbose=0)
    _, accuracy = model.evaluate(pictures, labels, verbose=0)
    print(f"trained on {PICTURES} pictures: {accuracy:.0%} right", flush=True)
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    model.save(folder / "shapes.keras")
    np.savez(folder / "samples" / "shapes.npz", image=pictures[:8])
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
