import { expect, test } from "vitest";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { changedInput } from "../../../src/validate/parity/fixed-inputs.ts";
import { folderOf } from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";
import { random } from "../../support/random.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";

/** The source adds what is shifted; the graph may have forgotten it. */
async function parityOf(
  op: "Add" | "Identity",
  shifts: [number, number, number],
) {
  const rng = random(7);
  const tensors: Record<string, TensorValue> = {};
  for (const [index, batch] of [4, 3, 2].entries()) {
    const x = Array.from({ length: batch * 3 }, () =>
      Math.fround(rng.normal()),
    );
    const shift = shifts[index] ?? 0;
    const sum = x.map((value) => value + shift);
    const shape = [batch, 3];
    tensors[`case-${index}/in/x`] = { dtype: "F32", shape, values: x };
    tensors[`case-${index}/in/shift`] = {
      dtype: "F32",
      shape,
      values: x.map(() => shift),
    };
    tensors[`case-${index}/fp32/y`] = {
      dtype: "F32",
      shape,
      values: sum.map(Math.fround),
    };
    tensors[`case-${index}/fp64/y`] = { dtype: "F64", shape, values: sum };
  }
  const dims = ["batch", 3];
  const model = onnxModel({
    nodes: [
      { op, inputs: op === "Add" ? ["x", "shift"] : ["x"], outputs: ["y"] },
    ],
    inputs: ["x", "shift"].map((name) => ({ name, dims })),
    outputs: [{ name: "y", dims }],
  });
  const folder = await folderOf({
    "end2end.onnx": model,
    "references.safetensors": safetensors(tensors),
  });
  return checkOf(await validate(folder), "parity");
}

test("an input that is the same everywhere is a warning where the model looks at it", async () => {
  const found = await parityOf("Add", [0, 0, 0]);
  expect(found.status).toBe("warn");
  expect(found.message).toContain(
    'the input "shift" has the same value everywhere in the references',
  );
});

test("and unproven where it does not: the source may", async () => {
  const found = await parityOf("Identity", [0, 0, 0]);
  expect(found).toMatchObject({ status: "fail", kind: "unproven" });
  expect(found.message).toContain('the model ignores the input "shift"');
});

test.each<[string, Tensor, number[]]>([
  [
    "floats",
    { dtype: "float32", dims: [4], data: Float32Array.from([0, 0, 2, 2]) },
    [1, 0, 0, 2],
  ],
  [
    "integers",
    { dtype: "int64", dims: [3], data: BigInt64Array.from([1n, 1n, 0n]) },
    [0, 1, 1],
  ],
  [
    "booleans",
    { dtype: "bool", dims: [2], data: Uint8Array.from([1, 1]) },
    [0, 1],
  ],
])("every second value of %s is changed, in a copy", (_, tensor, expected) => {
  const before = [...tensor.data];
  expect(Array.from(changedInput(tensor).data, Number)).toEqual(expected);
  expect([...tensor.data]).toEqual(before);
});

test("an input that differs from case to case is evidence", async () => {
  expect((await parityOf("Add", [0, 1, 2])).status).toBe("pass");
  expect((await parityOf("Identity", [0, 1, 2])).kind).toBe("wrong");
});
