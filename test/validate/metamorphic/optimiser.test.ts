import { expect, test } from "vitest";
import { folderOf } from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";

const [SIDE, PADDED, WINDOW] = [6, 8, 3];
const POOLED = (PADDED - WINDOW) / 1 + 1;

/**
 * ONNX Runtime's optimiser joins a Pad of zeros with the MaxPool behind it, as if the border were less than any number
 * (seen in 1.30.0): of negative numbers the graph then gives another maximum.
 */
test("a right graph that ONNX Runtime's optimiser changes is wrong, and the next step says what to do", async () => {
  const rng = random(5);
  const tensors: Record<string, TensorValue> = {};
  const metadata: Record<string, string> = {};
  for (const [at, rows] of [3, 2, 1].entries()) {
    const x = Array.from({ length: rows * SIDE * SIDE }, () =>
      Math.fround(-1 - Math.abs(rng.normal())),
    );
    const y = Array.from({ length: rows }, (_, row) =>
      pooled(x.slice(row * SIDE * SIDE, (row + 1) * SIDE * SIDE)),
    ).flat();
    const shape = [rows, 1, POOLED, POOLED];
    metadata[`random-${at}/kind`] = "random";
    Object.assign(tensors, {
      [`random-${at}/in/x`]: {
        ...{ dtype: "F32", shape: [rows, 1, SIDE, SIDE], values: x },
      },
      [`random-${at}/fp32/y`]: { dtype: "F32", shape, values: y },
      [`random-${at}/fp64/y`]: { dtype: "F64", shape, values: y },
    });
  }

  const verdict = await validate(
    await folderOf({
      "model.onnx": onnxModel({
        nodes: [
          { op: "Pad", inputs: ["x", "pads"], outputs: ["a"] },
          {
            ...{ op: "MaxPool", inputs: ["a"], outputs: ["y"] },
            attributes: { kernel_shape: [WINDOW, WINDOW] },
          },
        ],
        inputs: [{ name: "x", dims: ["batch", 1, SIDE, SIDE] }],
        outputs: [{ name: "y", dims: ["batch", 1, POOLED, POOLED] }],
        weights: {
          pads: { dims: [8], values: [0, 0, 1, 1, 0, 0, 1, 1], type: 7 },
        },
      }),
      "references.safetensors": safetensors(tensors, metadata),
    }),
  );

  expect(verdict.outcome).toBe("fail");
  expect(verdict.sentence).toContain(
    "Write that part of the model in other operators",
  );
  expect(checkOf(verdict, "metamorphic")).toMatchObject({
    status: "fail",
    message: expect.stringContaining(
      "ONNX Runtime's optimisation changes what the model computes",
    ),
  });
});

/** Of one map, with a border of zeros. */
function pooled(map: readonly number[]): number[] {
  const at = (row: number, column: number) =>
    Math.min(row, column) < 1 || Math.max(row, column) > SIDE
      ? 0
      : (map[(row - 1) * SIDE + column - 1] ?? Number.NaN);

  return Array.from({ length: POOLED * POOLED }, (_, place) => {
    const [top, left] = [Math.floor(place / POOLED), place % POOLED];
    const window = Array.from({ length: WINDOW * WINDOW }, (_, inner) =>
      at(top + Math.floor(inner / WINDOW), left + (inner % WINDOW)),
    );
    return Math.max(...window);
  });
}
