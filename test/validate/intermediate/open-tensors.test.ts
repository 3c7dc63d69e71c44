import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import { withOutputs } from "../../../src/validate/intermediate/open-tensors.ts";
import { folderOf, network, networkModel } from "../../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../../support/onnx-writer.ts";

const NOTHING = Buffer.alloc(0);
const LONG = "a/tensor/".repeat(40);
const plain = networkModel(network());
const outside = (location: string): ModelInput => ({
  ...plain,
  weights: {
    ...plain.weights,
    bias: {
      dims: [5],
      values: [],
      external: { location, offset: 0, length: 20 },
    },
  },
});

async function copyOf(
  model: ModelInput,
  names: string[],
  files: Record<string, Uint8Array> = {},
) {
  const [folder, scratch] = [
    await folderOf({ "net.onnx": onnxModel(model), ...files }),
    await folderOf({}),
  ];
  const path = join(folder, "net.onnx");
  const graph = await readOnnx(path);
  return {
    path,
    scratch,
    copy: await withOutputs(path, graph, { names, more: NOTHING }, scratch),
  };
}

describe("a copy of a model with further outputs", () => {
  test("has them after its own, of any length of name, and all else as it was", async () => {
    const { path, copy } = await copyOf(plain, ["h", "y", LONG]);
    const [before, after] = [await readOnnx(path), await readOnnx(copy ?? "")];
    expect(after.outputs.map(({ name }) => name)).toEqual(["y", "h", LONG]);
    expect({ ...after, outputs: before.outputs }).toEqual(before);
  });

  test("is not made where there is nothing to add", async () => {
    expect((await copyOf(plain, ["y"])).copy).toBeNull();
  });

  test("shares weights that lie in other files with the model", async () => {
    const weights = { "parts/w.bin": new Uint8Array(20) };
    const { path, scratch, copy } = await copyOf(
      outside("parts/w.bin"),
      ["h"],
      weights,
    );
    expect(copy).toBe(join(scratch, "net.onnx"));
    const [one, other] = [
      await stat(join(path, "../parts/w.bin")),
      await stat(join(scratch, "parts/w.bin")),
    ];
    expect(other.ino).toBe(one.ino);
  });

  test("never writes outside of its folder", async () => {
    for (const location of ["../w.bin", "/tmp/w.bin"])
      expect((await copyOf(outside(location), ["h"])).copy).toBeNull();
  });

  test("rejects where a file is missing, and leaves the model as it was", async () => {
    await expect(copyOf(outside("w.bin"), ["h"])).rejects.toThrow("ENOENT");
  });

  test("takes the place of one that a killed run left", async () => {
    const { path, scratch } = await copyOf(plain, ["h"]);
    await writeFile(join(scratch, "net.onnx"), "half a file");
    const copy = await withOutputs(
      path,
      await readOnnx(path),
      { names: ["a"], more: NOTHING },
      scratch,
    );
    expect(
      (await readOnnx(copy ?? "")).outputs.map(({ name }) => name),
    ).toEqual(["y", "a"]);
  });
});
