import { describe, expect, test } from "vitest";
import { folderOf } from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { ints, node } from "../mutations/edits.ts";

/** `y` = `x` + the table's first positions: [1, n], of which the table has so many; null for no table. */
async function sequence(
  positions: number | null,
  lengths = [4, 8, 12],
  max?: Record<string, number>,
) {
  const tensors: Record<string, TensorValue> = {};
  for (const length of lengths) {
    const shape = [1, length];
    const values = Float32Array.from({ length }, (_, at) => at);
    const sum = values.map((value) => 2 * value);
    tensors[`n${length}/in/x`] = { dtype: "F32", shape, values };
    tensors[`n${length}/fp32/y`] = { dtype: "F32", shape, values: sum };
  }

  const port = { dtype: "f32", shape: [1, "n"] };
  const contract = {
    version: 1,
    input: { name: "x", ...port, ...(max ? { max } : {}) },
    outputs: [{ name: "y", ...port }],
  };
  const verdict = await validate(
    await folderOf({
      "end2end.onnx": onnxModel(sequenceModel(positions)),
      "references.safetensors": safetensors(tensors),
      ...(max ? { "contract.json": JSON.stringify(contract) } : {}),
    }),
  );

  return {
    shapes: checkOf(verdict, "shapes"),
    contract: checkOf(verdict, "contract"),
  };
}

function sequenceModel(positions: number | null) {
  const shared = {
    inputs: [{ name: "x", dims: [1, "n"] }],
    outputs: [{ name: "y", dims: [1, "n"] }],
  };
  if (positions === null)
    return { ...shared, nodes: [node("Add", ["x", "x"], "y")] };

  return {
    ...shared,
    nodes: [
      node("Shape", ["x"], "s"),
      node("Slice", ["s", "one", "two"], "length"),
      node("Squeeze", ["length"], "count"),
      node("Range", ["zero", "count", "step"], "places"),
      node("Gather", ["table", "places"], "found", { attributes: { axis: 1 } }),
      node("Add", ["x", "found"], "y"),
    ],
    weights: {
      table: {
        dims: [1, positions],
        values: Array.from({ length: positions }, (_, at) => at),
      },
      one: ints(1),
      two: ints(2),
      zero: { dims: [], values: [0], type: 7 },
      step: { dims: [], values: [1], type: 7 },
    },
  };
}

describe("an open length that ends somewhere", () => {
  test.each([
    ["where the references end", 12],
    ["between the references' step", 14],
    ["right beyond what is always tried", 30],
    ["far beyond it", 512],
  ])("%s is found, and is a warning that names it", async (_, positions) => {
    const { shapes } = await sequence(positions);

    expect(shapes).toMatchObject({
      status: "warn",
      details: { largest: { n: positions } },
    });
    expect(shapes.message).toContain(
      `the open axis n (length) has a limit: the largest length that runs is ${positions}, with`,
    );
    expect(shapes.message).toContain("declare it as max in contract.json");
  });

  test("that is declared is fine, and nothing longer is tried", async () => {
    const { shapes, contract } = await sequence(20, [4, 8, 12], { n: 20 });

    expect(shapes).toMatchObject({ status: "pass" });
    expect(shapes.details.tried).toContain("n = 20");
    expect(shapes.message).not.toContain("n = 28");
    expect(contract).toMatchObject({ status: "pass" });
  });

  test("that is declared larger than it is is wrong, and the right one is told", async () => {
    const { shapes } = await sequence(20, [4, 8, 12], { n: 50 });

    expect(shapes).toMatchObject({
      status: "fail",
      kind: "wrong",
      details: { largest: { n: 20 } },
    });
    expect(shapes.message).toContain(
      "contract.json declares 50 as its max, but the largest length that runs is 20",
    );
  });

  test("of an axis that is not there is a contract that is wrong", async () => {
    const { contract } = await sequence(20, [4, 8, 12], { m: 20 });

    expect(contract).toMatchObject({ status: "fail", kind: "wrong" });
    expect(contract.message).toContain(
      'it declares a largest length (max) of "m", which is not an open axis of the input "x"',
    );
  });

  test("right after the only references is baked in: that is wrong", async () => {
    const { shapes } = await sequence(12, [8, 12]);

    expect(shapes).toMatchObject({ status: "fail", kind: "wrong" });
  });

  test("that does not end is not said to end", async () => {
    const { shapes } = await sequence(null);

    expect(shapes).toMatchObject({ status: "pass", details: { largest: {} } });
  });
});

test("a max that is too large to be tried is a warning, not more than there is memory for", async () => {
  const { shapes } = await sequence(null, [4, 8, 12], { n: 10 ** 9 });

  expect(shapes.status).toBe("warn");
  expect(shapes.message).toContain(
    "n = 1000000000 is promised by contract.json or conversion.yaml, and too large to be tried here",
  );
});
