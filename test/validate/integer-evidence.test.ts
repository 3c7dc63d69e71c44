import { expect, test } from "vitest";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const INT64 = 7;
const SIDE = 4;
const MAP = Array.from({ length: SIDE * SIDE }, (_, at) => at % 3);

/** A map of classes that was computed while the model was exported: no input changes it. */
const BAKED = onnxModel({
  nodes: [{ op: "Identity", inputs: ["map"], outputs: ["labels"] }],
  inputs: [{ name: "x", dims: [1, 3, SIDE, SIDE] }],
  outputs: [{ name: "labels", dims: [1, 1, SIDE, SIDE], type: INT64 }],
  weights: { map: { dims: [1, 1, SIDE, SIDE], values: MAP, type: INT64 } },
});

/** The map that the source gives in each case. */
async function baked(maps: readonly number[][]) {
  const rng = random(3);
  const tensors: Record<string, TensorValue> = {};

  for (const [index, values] of maps.entries()) {
    const labels: TensorValue = {
      dtype: "I64",
      shape: [1, 1, SIDE, SIDE],
      values,
    };
    tensors[`case-${index}/in/x`] = {
      dtype: "F32",
      shape: [1, 3, SIDE, SIDE],
      values: Array.from({ length: 3 * SIDE * SIDE }, () => rng.normal()),
    };
    tensors[`case-${index}/fp32/labels`] = labels;
    tensors[`case-${index}/fp64/labels`] = labels;
  }

  return validate(
    await folderOf({
      "end2end.onnx": BAKED,
      "references.safetensors": safetensors(tensors),
    }),
  );
}

test.each([
  ["one case", [MAP], "only 1 of 2 needed cases"],
  [
    "cases that all have one map",
    [MAP, MAP, MAP],
    "the same values for every input in the references",
  ],
])(
  "a map of classes of %s proves nothing of a graph that ignores its input",
  async (_, maps, said) => {
    const verdict = await baked(maps);
    expect(verdict).toMatchObject({ outcome: "fail", reason: "unproven" });
    expect(checkOf(verdict, "parity").message).toContain(said);
  },
);

test("it is wrong where the source gives another map", async () => {
  const verdict = await baked([MAP, MAP.map((label) => (label + 1) % 3)]);
  expect(verdict).toMatchObject({ outcome: "fail", reason: "wrong" });
});
