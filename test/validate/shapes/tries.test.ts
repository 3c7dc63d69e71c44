import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderOf, networkFolder } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";
import { pictureFolder } from "../../support/picture-folder.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { ints, node, replace } from "../mutations/edits.ts";

/** The segmentor with nodes between its input and its convolution; its references are 8×12, 12×8 and 16×20. */
const before = (
  nodes: ReturnType<typeof node>[],
  weights: ModelInput["weights"] = {},
) =>
  replace(
    0,
    [
      ...nodes,
      node("Conv", ["p", "kernels", "bias"], "logits", {
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      }),
    ],
    weights,
  );
const cutAt = (length: number) =>
  before([node("Slice", ["x", "from", "to", "axis"], "p")], {
    from: ints(0),
    to: ints(length),
    axis: ints(2),
  });

async function withLengths(folder: string, lengths: object): Promise<string> {
  const shape = (channels: number) => ["b", channels, "h", "w"];
  const contract = {
    version: 1,
    input: {
      name: "x",
      dtype: "f32",
      shape: shape(2),
      layout: "NCHW",
      ...lengths,
    },
    outputs: [
      { name: "scores", dtype: "f32", shape: shape(3) },
      { name: "labels", dtype: "i64", shape: shape(1) },
    ],
  };
  await writeFile(join(folder, "contract.json"), JSON.stringify(contract));
  return folder;
}

describe("the check shapes", () => {
  test("tries the lengths that the contract declares, and finds what is baked in between", async () => {
    // 20 is the first beyond the references, 36 the next; 50 is only declared.
    const open = await validate(await pictureFolder(cutAt(40)));
    expect(checkOf(open, "shapes").status).toBe("pass");
    const declared = await validate(
      await withLengths(await pictureFolder(cutAt(40)), { h: [8, 16, 50] }),
    );
    expect(checkOf(declared, "shapes")).toMatchObject({
      status: "fail",
      kind: "wrong",
    });
    expect(checkOf(declared, "shapes").message).toContain("with h = 50");
  });

  test("tries multiples of the declared stride only", async () => {
    const found = checkOf(
      await validate(await withLengths(await pictureFolder(), { stride: 8 })),
      "shapes",
    );
    expect(found.details).toMatchObject({
      tried: expect.arrayContaining(["h = 24", "w = 24"]),
      refused: [],
    });
    expect(found.message).not.toContain("= 25");
  });

  test("only says that a model refuses what is off the stride", async () => {
    const quarters = before(
      [
        node("Shape", ["x"], "size"),
        node("Div", ["size", "down"], "shorter"),
        node("Mul", ["shorter", "across"], "folded"),
        node("Reshape", ["x", "folded"], "rows"),
        node("Reshape", ["rows", "size"], "p"),
      ],
      { down: ints(1, 1, 4, 1), across: ints(1, 1, 1, 4) },
    );
    const found = checkOf(
      await validate(await pictureFolder(quarters)),
      "shapes",
    );
    expect(found.status, found.message).toBe("pass");
    expect(found.details).toMatchObject({
      tried: expect.arrayContaining(["h = 20", "w = 25"]),
      refused: ["h = 21"],
    });
    expect(found.message).toContain(
      "it refuses h = 21, as the source may also do",
    );
  });

  test("tries a height that is not the width where all references are square", async () => {
    const sizes = [4, 6, 8];
    const shape = (size: number) => [1, 1, size, size];
    const tensors: Record<string, TensorValue> = {};
    for (const size of sizes) {
      const values = Float32Array.from(
        { length: size * size },
        (_, at) => at % 7,
      );
      tensors[`s${size}/in/x`] = { dtype: "F32", shape: shape(size), values };
      tensors[`s${size}/fp32/y`] = { dtype: "F32", shape: shape(size), values };
    }
    const folder = await folderOf({
      "end2end.onnx": onnxModel({
        nodes: [
          node("Transpose", ["x"], "t", { attributes: { perm: [0, 1, 3, 2] } }),
          node("Sub", ["t", "t"], "nothing"),
          node("Add", ["x", "nothing"], "y"),
        ],
        inputs: [{ name: "x", dims: [1, 1, "h", "w"] }],
        outputs: [{ name: "y", dims: [1, 1, "h", "w"] }],
      }),
      "references.safetensors": safetensors(tensors),
    });
    const found = checkOf(await validate(folder), "shapes");
    expect(found).toMatchObject({ status: "fail", kind: "wrong" });
    expect(found.message).toContain(
      "the graph leaves h (height) open, but with h = 10 ONNX Runtime fails",
    );
  });

  test("says that the references have few sizes of a picture, not that they have few batches", async () => {
    const one: Record<string, TensorValue> = {};
    for (const name of ["a", "b"]) {
      const values = Float32Array.from(
        { length: 24 },
        (_, at) => at + name.length,
      );
      one[`${name}/in/x`] = { dtype: "F32", shape: [1, 2, 3, 4], values };
      one[`${name}/fp32/y`] = { dtype: "F32", shape: [1, 2, 3, 4], values };
    }
    const dims = ["b", 2, "h", "w"];
    const folder = await folderOf({
      "end2end.onnx": onnxModel({
        nodes: [node("Identity", ["x"], "y")],
        inputs: [{ name: "x", dims }],
        outputs: [{ name: "y", dims }],
      }),
      "references.safetensors": safetensors(one),
    });
    const found = checkOf(await validate(folder), "shapes");
    expect(found).toMatchObject({ status: "warn" });
    expect(found.message).toContain(
      "the references have only 1 size of h and w",
    );
    expect(
      checkOf(await validate(await networkFolder()), "shapes").message,
    ).not.toContain("the references have");
  });
});
