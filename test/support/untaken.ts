import { join } from "node:path";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { createBranches } from "../../src/validate/branches/branches.ts";
import { createBudget } from "../../src/validate/runtime/budget.ts";
import { loadModel } from "../../src/validate/runtime/onnx-runtime.ts";
import { createReferenceSet } from "../../src/validate/runtime/reference-set.ts";
import { folderOf } from "./model-folder.ts";
import {
  type GraphInput,
  type ModelInput,
  type NodeInput,
  onnxModel,
  type TensorInput,
} from "./onnx-writer.ts";
import { safetensors, type TensorValue } from "./references-writer.ts";

const FLOAT32 = 1;
export const scalar = (value: number, type = FLOAT32): TensorInput => ({
  ...{ dims: [], values: [value], type },
});

/** What is said of a model that is fed tables of two columns, each full of one number. */
export async function untaken(
  { nodes, weights = {}, ...more }: Partial<ModelInput>,
  numbers: readonly number[],
  rows: number | string = "rows",
): Promise<string[]> {
  const tensors: Record<string, TensorValue> = {};
  for (const [at, value] of numbers.entries()) {
    const shape = [typeof rows === "number" ? rows : 2, 2];
    const values = Array.from({ length: 2 * (shape[0] ?? 0) }, () => value);
    tensors[`case-${at}/in/x`] = { dtype: "F32", shape, values };
    tensors[`case-${at}/fp32/y`] = { dtype: "F32", shape, values };
  }
  const scratch = await folderOf({
    "model.onnx": onnxModel({
      ...{ nodes: nodes ?? [], ...more },
      inputs: [{ name: "x", dims: [rows, 2] }],
      outputs: [{ name: "y", dims: [rows, 2] }],
      weights: { one: scalar(1), ...weights },
    }),
    "references.safetensors": safetensors(tensors),
  });
  const ignore = () => undefined;
  const watch = { begin: ignore, end: ignore, failed: ignore };
  const model = join(scratch, "model.onnx");
  const references = createReferenceSet(
    join(scratch, "references.safetensors"),
    createBudget(1),
    watch,
  );
  const branches = createBranches({
    ...{ model, graph: await readOnnx(model), scratch, references, watch },
    open: (file) => loadModel(file, "disabled"),
  });
  const said = await branches.untaken();
  await references.close();

  return said;
}

/** `called` is the input, and minus the input where it is nowhere below 1. */
export function decided(called: string, input = "x"): NodeInput[] {
  const branch = (op: string): { graph: GraphInput } => ({
    graph: {
      nodes: [{ op, inputs: [input], outputs: [`${called}.${op}`] }],
      inputs: [],
      outputs: [{ name: `${called}.${op}`, dims: ["n", 2] }],
    },
  });
  return [
    {
      ...{ op: "ReduceMin", inputs: [input], outputs: [`${called}.least`] },
      attributes: { keepdims: 0 },
    },
    {
      op: "Less",
      inputs: [`${called}.least`, "one"],
      outputs: [`${called}.is`],
    },
    {
      ...{ op: "If", name: called, outputs: [called] },
      inputs: [`${called}.is`],
      attributes: {
        then_branch: branch("Identity"),
        else_branch: branch("Neg"),
      },
    },
  ];
}
