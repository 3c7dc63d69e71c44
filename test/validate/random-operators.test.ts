import { expect, test } from "vitest";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import {
  type ModelInput,
  type NodeInput,
  onnxModel,
  type TensorInput,
} from "../support/onnx-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const BOOL = 9;
const net = network();

const ratio = { dims: [], values: [1e-7] };
const DROPOUT = {
  op: "Dropout",
  inputs: ["y", "ratio", "mode"],
  outputs: ["dropped"],
};

/** The network of the other tests, with a Dropout whose ratio is too small for any run to show it. */
function structureOf(mode: TensorInput | null, inputs = DROPOUT.inputs) {
  return structureWith(
    { ...DROPOUT, inputs },
    { ratio, ...(mode && { mode }) },
  );
}

async function structureWith(
  node: NodeInput,
  more: Record<string, TensorInput>,
  functions: ModelInput["functions"] = [],
) {
  const { weights, nodes, ...graph } = networkModel(net);
  const model = onnxModel({
    ...graph,
    nodes: [...nodes, node],
    weights: { ...weights, ...more },
    opsets: { own: 1 },
    functions,
  });
  const verdict = await validate(
    await folderOf({
      "a.onnx": model,
      "references.safetensors": networkReferences(net),
    }),
  );

  return checkOf(verdict, "structure");
}

test("a Dropout that trains is wrong, however seldom it drops a number", async () => {
  expect(
    await structureOf({ dims: [], values: [1], type: BOOL }),
  ).toMatchObject({
    status: "fail",
    message: "it draws random numbers (Dropout): export it in evaluation mode",
  });
});

test.each([
  ["without a mode", null, ["y", "ratio"]],
  ["with an empty mode", null, ["y", "ratio", ""]],
  ["in evaluation mode", { dims: [], values: [0], type: BOOL }, undefined],
] as const)("a Dropout %s hands its input on", async (_, mode, inputs) => {
  expect(
    await structureOf(
      mode && { ...mode, dims: [...mode.dims], values: [...mode.values] },
      inputs && [...inputs],
    ),
  ).toMatchObject({ status: "pass" });
});

test("a function knows the names of its own alone: the main graph's mode is another one", async () => {
  const called = { ...DROPOUT, op: "Drop", domain: "own" };
  const mode = { dims: [], values: [0], type: BOOL };
  const on = { dims: [], values: [1], type: BOOL };
  const drop = {
    ...{ domain: "own", name: "Drop", nodes: [DROPOUT] },
    ...{ inputs: DROPOUT.inputs, outputs: DROPOUT.outputs },
  };

  expect(
    await structureWith(
      { ...called, inputs: ["y", "ratio", "on"] },
      { ratio, mode, on },
      [drop],
    ),
  ).toMatchObject({
    status: "fail",
    message: "it draws random numbers (Dropout): export it in evaluation mode",
  });
});
