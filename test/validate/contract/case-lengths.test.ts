import { expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import { safetensors } from "../../support/references-writer.ts";

/** A picture of 4×5 becomes 3 columns of 4 rows; what the check finds where `shape` is said of that. */
function finding(shape: (number | string)[]) {
  const image = { dtype: "F32" as const, shape: [1, 3, 4, 5] };
  const rows = { dtype: "F32" as const, shape: [1, 4, 3] };
  const values = (count: number) => Array.from({ length: count }, Number);

  return contractFinding(
    {
      nodes: [
        {
          ...{ op: "ReduceMean", inputs: ["image"], outputs: ["mean"] },
          attributes: { axes: [3], keepdims: 0 },
        },
        {
          ...{ op: "Transpose", inputs: ["mean"], outputs: ["y"] },
          attributes: { perm: [0, 2, 1] },
        },
      ],
      inputs: [{ name: "image", dims: ["b", 3, "h", "w"] }],
      outputs: [{ name: "y", dims: ["b", "h", "columns"] }],
    },
    {
      input: { name: "image", dtype: "f32", shape: ["b", 3, "h", "w"] },
      outputs: [{ name: "y", dtype: "f32", shape }],
    },
    safetensors({
      "one/in/image": { ...image, values: values(60) },
      "one/fp32/y": { ...rows, values: values(12) },
    }),
  );
}

test.each([
  [
    ["b", "w", 3],
    'it calls axis 3 of the input "image" and axis 1 of the output "y" both "w", but they are 5 and 4 long in case one',
  ],
  [
    ["b", "h", 4],
    'it declares the shape b×h×4 for output "y", but the source\'s is 1×4×3 in case one',
  ],
])("an output of the shape %s is wrong", async (shape, words) => {
  const found = await finding(shape);

  expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  expect(found.message).toContain(words);
});

test.each([[["b", "h", 3]], [["b", "rows", "columns"]]])(
  "an output of the shape %s is right",
  async (shape) => {
    expect((await finding(shape)).status).toBe("pass");
  },
);
