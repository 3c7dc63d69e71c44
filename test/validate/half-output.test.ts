import { expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const FLOAT16 = 10;

/** Small enough for half precision, also where the input is extreme. */
const net = {
  ...network(),
  bias: [0, 0, 0, 0, 0],
  second: network().second.map((weight) => Math.fround(weight / 100)),
};

/** The right numbers, of which the last node drops half the digits. */
function halved(): Promise<string> {
  const model = networkModel(net);
  const nodes = [
    ...model.nodes.map((node) =>
      node.outputs.includes("y") ? { ...node, outputs: ["single"] } : node,
    ),
    {
      op: "Cast",
      inputs: ["single"],
      outputs: ["y"],
      attributes: { to: FLOAT16 },
    },
  ];
  const outputs = model.outputs.map((output) => ({ ...output, type: FLOAT16 }));
  return folderOf({
    "end2end.onnx": onnxModel({ ...model, nodes, outputs }),
    "references.safetensors": networkReferences(net),
  });
}

test("an output in half precision is wrong where the source gives single precision", async () => {
  const found = checkOf(await validate(await halved()), "parity");
  expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  expect(found.message).toContain(
    "its dtype is float16 in the ONNX model and float32 in the source",
  );
});

test("it passes by a stated tolerance", async () => {
  const tolerance = { ...STRICT.tolerance, range_relative: 1e-2 };
  expect(
    checkOf(await validate(await halved(), { tolerance }), "parity"),
  ).toMatchObject({ status: "pass" });
});
