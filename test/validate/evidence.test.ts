import { describe, expect, test } from "vitest";
import {
  compute,
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const net = network();
const MODEL = onnxModel(networkModel(net));

describe("evidence that counts for less than it looks", () => {
  test("the same input under several names is one case, and too few are unproven", async () => {
    const x = {
      dtype: "F32",
      shape: [8, 6],
      values: Array.from({ length: 48 }, (_, index) =>
        Math.fround(Math.sin(index)),
      ),
    } as const;
    const values = {
      fp32: compute(net, x.values, Math.fround),
      fp64: compute(net, x.values, (value) => value),
    };
    const tensors: Record<string, TensorValue> = {};
    for (const name of ["a", "b", "c"]) {
      tensors[`${name}/in/x`] = { ...x, shape: [...x.shape] };
      tensors[`${name}/fp32/y`] = {
        dtype: "F32",
        shape: [8, 5],
        values: values.fp32,
      };
      tensors[`${name}/fp64/y`] = {
        dtype: "F64",
        shape: [8, 5],
        values: values.fp64,
      };
    }
    const verdict = await validate(
      await folderOf({
        "a.onnx": MODEL,
        "references.safetensors": safetensors(tensors),
      }),
    );
    expect(checkOf(verdict, "parity")).toMatchObject({
      kind: "unproven",
      message: expect.stringContaining("only 1 of 3 needed cases"),
    });
  });

  test("bytes behind the last tensor are no references of ours", async () => {
    const references = Buffer.concat([networkReferences(net), Buffer.alloc(2)]);
    const verdict = await validate(
      await folderOf({ "a.onnx": MODEL, "references.safetensors": references }),
    );
    expect([verdict.outcome, verdict.sentence]).toEqual([
      "fail",
      expect.stringContaining("2 bytes follow its last tensor"),
    ]);
  });

  test("a random operator is wrong even where its numbers are too small to be seen", async () => {
    const graph = networkModel(net);
    const noise = {
      op: "RandomNormalLike",
      inputs: ["y"],
      outputs: ["noise"],
      attributes: { scale: { float: 0 } },
    };
    const model = onnxModel({ ...graph, nodes: [...graph.nodes, noise] });
    const verdict = await validate(
      await folderOf({
        "a.onnx": model,
        "references.safetensors": networkReferences(net),
      }),
    );
    expect(checkOf(verdict, "structure")).toMatchObject({
      status: "fail",
      message:
        "it draws random numbers (RandomNormalLike): export it in evaluation mode",
    });
  });
});
