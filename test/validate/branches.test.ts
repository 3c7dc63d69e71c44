import { describe, expect, test } from "vitest";
import {
  compute,
  folderOf,
  network,
  networkModel,
} from "../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const [INPUT, OUTPUT] = [6, 5];
const NET = network();

/** The network where `condition` holds, and minus it where not. */
function withIf(
  condition: ModelInput["nodes"],
  weights: ModelInput["weights"],
): ModelInput {
  const model = networkModel(NET);
  const branch = (op: string) => ({
    graph: {
      nodes: [{ op, inputs: ["inner"], outputs: [`by_${op}`] }],
      inputs: [],
      outputs: [{ name: `by_${op}`, dims: ["batch", OUTPUT] }],
    },
  });
  return {
    ...model,
    opset: 17,
    nodes: [
      ...model.nodes.map((node) => ({
        ...node,
        outputs: node.outputs.map((name) => (name === "y" ? "inner" : name)),
      })),
      ...condition,
      {
        op: "If",
        name: "decide",
        inputs: ["condition"],
        outputs: ["y"],
        attributes: {
          then_branch: branch("Identity"),
          else_branch: branch("Neg"),
        },
      },
    ],
    weights: { ...model.weights, ...weights },
  };
}

const byValue = (bound: number) =>
  withIf(
    [
      {
        op: "ReduceMax",
        inputs: ["x"],
        outputs: ["most"],
        attributes: { keepdims: 0 },
      },
      { op: "Less", inputs: ["most", "bound"], outputs: ["condition"] },
    ],
    { bound: { dims: [], values: [bound] } },
  );
const byLength = withIf(
  [
    { op: "Size", inputs: ["x"], outputs: ["size"] },
    { op: "Less", inputs: ["size", "bound"], outputs: ["condition"] },
  ],
  { bound: { dims: [], values: [100_000], type: 7 } },
);

/** Cases of three rows; of every second one all values are 3 larger, and its output is minus the network's where `turned`. */
function references(turned: boolean): Buffer {
  const rng = random(8);
  const tensors: Record<string, TensorValue> = {};
  for (let index = 0; index < 6; index++) {
    const high = index % 2 === 1;
    const values = Array.from({ length: 3 * INPUT }, () =>
      Math.fround(rng.uniform() + (high ? 3 : 0)),
    );
    const sign = turned && high ? -1 : 1;
    tensors[`case-${index}/in/x`] = { dtype: "F32", shape: [3, INPUT], values };
    for (const [part, dtype, rounded] of [
      ["fp32", "F32", Math.fround],
      ["fp64", "F64", Number],
    ] as const)
      tensors[`case-${index}/${part}/y`] = {
        dtype,
        shape: [3, OUTPUT],
        values: compute(NET, values, rounded).map((value) => sign * value),
      };
  }
  return safetensors(tensors);
}

async function judged(model: ModelInput, turned: boolean) {
  const verdict = await validate(
    await folderOf({
      "model.onnx": onnxModel(model),
      "references.safetensors": references(turned),
    }),
  );
  return checkOf(verdict, "parity");
}

describe("an If", () => {
  test("that no reference takes is a warning that names it", async () => {
    const found = await judged(byValue(1000), false);

    expect(found.status).toBe("warn");
    expect(found.message).toContain(
      'no reference takes the else branch of the If "decide"',
    );
  });

  test("that the references take both ways is fine", async () => {
    expect((await judged(byValue(2), true)).status).toBe("pass");
  });

  test("that a length alone chooses is a warning too: the check of shapes compares nothing", async () => {
    const found = await judged(byLength, false);

    expect(found.status).toBe("warn");
    expect(found.message).toContain(
      'no reference takes the else branch of the If "decide"',
    );
  });
});
