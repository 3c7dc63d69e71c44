import { expect, test } from "vitest";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { onnxModel, type TensorInput } from "../support/onnx-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const BOOL = 9;
const net = network();

/** The network of the other tests, with a Dropout whose ratio is too small for any run to show it. */
async function structureOf(mode: TensorInput | null, inputs?: string[]) {
  const { weights, nodes, ...graph } = networkModel(net);
  const ratio = { dims: [], values: [1e-7] };
  const dropout = {
    op: "Dropout",
    inputs: inputs ?? ["y", "ratio", "mode"],
    outputs: ["dropped"],
  };
  const model = onnxModel({
    ...graph,
    nodes: [...nodes, dropout],
    weights: { ...weights, ratio, ...(mode && { mode }) },
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
