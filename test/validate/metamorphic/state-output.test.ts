import { expect, test } from "vitest";
import {
  compute,
  folderOf,
  network,
  networkModel,
} from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";

const [INPUT, OUTPUT] = [6, 5];
const NET = network();

type Dims = (number | string)[];
/** As a recurrent layer of two directions has it. */
const STATE: Dims = [2, "batch", OUTPUT];

/** `state`: the output, and twice the output; by default [2, batch, 5]. */
function withState(factor: number, dims = STATE): ModelInput {
  const model = networkModel(NET);
  return {
    ...model,
    opset: 17,
    nodes: [
      ...model.nodes,
      { op: "Mul", inputs: ["y", "factor"], outputs: ["twice"] },
      { op: "Unsqueeze", inputs: ["y", "first_axis"], outputs: ["forth"] },
      { op: "Unsqueeze", inputs: ["twice", "first_axis"], outputs: ["back"] },
      {
        op: "Concat",
        inputs: ["forth", "back"],
        outputs: ["both"],
        attributes: { axis: 0 },
      },
      { op: "Reshape", inputs: ["both", "lengths"], outputs: ["state"] },
    ],
    outputs: [...model.outputs, { name: "state", dims }],
    weights: {
      ...model.weights,
      factor: { dims: [1], values: [factor] },
      lengths: {
        dims: [dims.length],
        values: dims.map((length) =>
          typeof length === "number" ? length : -1,
        ),
        type: 7,
      },
      first_axis: { dims: [1], values: [0], type: 7 },
    },
  };
}

/** Cases of two rows, as many as the state has directions, and of one. */
function references(dims = STATE): Buffer {
  const rng = random(5);
  const tensors: Record<string, TensorValue> = {};
  for (const [index, rows] of [2, 1, 2, 3].entries()) {
    const values = Array.from({ length: rows * INPUT }, () =>
      Math.fround(rng.normal()),
    );
    tensors[`case-${index}/in/x`] = {
      dtype: "F32",
      shape: [rows, INPUT],
      values,
    };
    for (const [part, dtype, rounded] of [
      ["fp32", "F32", Math.fround],
      ["fp64", "F64", Number],
    ] as const) {
      const y = compute(NET, values, rounded);
      const state = [...y, ...y.map((value) => rounded(2 * value))];
      tensors[`case-${index}/${part}/y`] = {
        dtype,
        shape: [rows, OUTPUT],
        values: y,
      };
      tensors[`case-${index}/${part}/state`] = {
        dtype,
        shape: dims === STATE ? [2, rows, OUTPUT] : [2, rows * OUTPUT],
        values: state,
      };
    }
  }
  return safetensors(tensors);
}

async function judged(factor: number, dims = STATE) {
  return validate(
    await folderOf({
      "model.onnx": onnxModel(withState(factor, dims)),
      "references.safetensors": references(dims),
    }),
  );
}

test("an output whose first axis is fixed has as many rows as the batch by chance: it is not taken apart", async () => {
  const verdict = await judged(2);

  expect(checkOf(verdict, "metamorphic")).toMatchObject({ status: "pass" });
  expect(verdict.outcome).toBe("pass");
});

test("what it holds is compared all the same", async () => {
  const verdict = await judged(2.001);

  expect(checkOf(verdict, "parity")).toMatchObject({
    status: "fail",
    kind: "wrong",
  });
});

test("an output of a first length that was baked in, and of rows beside each other, is wrong", async () => {
  const verdict = await judged(2, [2, `${OUTPUT}*batch`]);

  expect(checkOf(verdict, "metamorphic")).toMatchObject({
    status: "fail",
    kind: "wrong",
  });
});
