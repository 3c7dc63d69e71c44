import { expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import { safetensors } from "../../support/references-writer.ts";

/** The source's labels are 3, 5 and 8, and the best score of nearly all rows is that of the label. */
const LABELS = [3, 5, 8].flatMap((label) => Array<number>(10).fill(label));
const COLUMN = LABELS.map((label, at) =>
  at === 0 ? 1 : [3, 5, 8].indexOf(label),
);
const ROWS = LABELS.length;

function finding(
  classes: string[],
  { source = "predict", columns = COLUMN } = {},
) {
  const scores = columns.flatMap((best) =>
    [0, 1, 2].map((at) => (at === best ? 2 : 0.5)),
  );
  return contractFinding(
    {
      nodes: [
        {
          ...{ op: "ArgMax", inputs: ["x"], outputs: ["label"] },
          attributes: { axis: 1, keepdims: 0 },
        },
        { op: "Identity", inputs: ["x"], outputs: ["scores"] },
      ],
      inputs: [{ name: "x", dims: ["batch", 3] }],
      outputs: [
        { name: "label", dims: ["batch"], type: 7 },
        { name: "scores", dims: ["batch", 3] },
      ],
    },
    {
      task: "tabular-classification",
      inputs: [{ name: "x", dtype: "f32", shape: ["batch", 3] }],
      outputs: [
        { name: "label", dtype: "i64", shape: ["batch"], source },
        { name: "scores", dtype: "f32", shape: ["batch", 3] },
      ],
      classes,
    },
    safetensors({
      "one/in/x": { dtype: "F32", shape: [ROWS, 3], values: scores },
      "one/fp32/label": { dtype: "I64", shape: [ROWS], values: LABELS },
      "one/fp32/scores": { dtype: "F32", shape: [ROWS, 3], values: scores },
    }),
  );
}

test("classes in another order are wrong", async () => {
  const found = await finding(["5", "3", "8"]);

  expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  expect(found.message).toContain(
    'it names class 0 "5", but where that has the best score, the source gives the label "3"',
  );
});

test("the source's classes in its order are right", async () => {
  expect((await finding(["3", "5", "8"])).status).toBe("pass");
});

test.each([
  ["numbers of classes", ["cat", "dog", "owl"], {}],
  ["no labels of the source's own", ["5", "3", "8"], { source: "other" }],
  [
    "scores that contradict the source's labels",
    ["3", "5", "8"],
    { columns: LABELS.map((label) => (label === 3 ? 2 : 0)) },
  ],
])("%s say nothing", async (_, classes, more) => {
  expect((await finding(classes, more)).status).toBe("pass");
});
