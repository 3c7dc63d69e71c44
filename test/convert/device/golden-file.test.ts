import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeGolden } from "../../../src/convert/device/golden-file.ts";
import { openTensors } from "../../../src/validate/evidence/safetensors.ts";
import { decodeTexts } from "../../../src/validate/evidence/texts.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";

const f32 = (...values: number[]): TensorValue => ({
  dtype: "F32",
  shape: [1, values.length],
  values,
});
const i64 = (...values: number[]): TensorValue => ({
  dtype: "I64",
  shape: [1, values.length],
  values,
});
/** Two texts of at most three bytes. */
const TEXTS: TensorValue = {
  dtype: "U8",
  shape: [2, 3],
  values: [...Buffer.from("abcde\0")],
};
const PICTURE: TensorValue = {
  dtype: "U8",
  shape: [1, 2, 3],
  values: [1, 2, 3, 4, 5, 6],
};

async function golden(
  tensors: Record<string, TensorValue>,
  metadata: Record<string, string>,
) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-golden-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [source, path] = [join(folder, "r"), join(folder, "g")];
  writeFileSync(source, safetensors(tensors, metadata));
  const wish = { source, path, wish: "sample", contract: null } as const;
  const written = await writeGolden(wish);
  const bytes = readFileSync(path);
  await writeGolden(wish);
  expect(readFileSync(path)).toEqual(bytes);

  const file = await openTensors(path);
  onTestFinished(() => file.close());
  const values: Record<string, unknown> = {};
  for (const entry of file.entries) {
    const { dtype, dims, data } = await file.read(entry);
    const list =
      dtype === "string" ? decodeTexts(data as BigInt64Array) : [...data];
    values[entry.name] = [dtype, dims, list];
  }

  return { written, values, metadata: file.metadata };
}

describe("golden.safetensors", () => {
  it("holds an input with its picture and outputs, and the name of the sample's file", async () => {
    const { written, values, metadata } = await golden(
      {
        "sample-0/in/x": f32(1, 2),
        "sample-0/fp32/y": f32(3),
        "sample-0/fp64/y": { dtype: "F64", shape: [1, 1], values: [3.5] },
        "sample-0/aux/picture": PICTURE,
        "sample-0/aux/predict/y": f32(9),
      },
      { "sample-0/kind": "real", "file/sample-0": "street 1.png" },
    );
    expect(values).toEqual({
      "in/x": ["float32", [1, 2], [1, 2]],
      "out/y": ["float32", [1, 1], [3]],
      picture: ["uint8", [1, 2, 3], [1, 2, 3, 4, 5, 6]],
    });
    expect(metadata).toEqual({
      ...{ format: "golden", version: "1" },
      ...{ kind: "real", file: "street 1.png" },
    });
    expect(written).toEqual({
      kind: "real",
      picture: "street 1.png",
      hasPicture: true,
    });
  });

  it("holds texts, and outputs in the type that is exported on purpose", async () => {
    const { values, metadata } = await golden(
      {
        "a/in/x": TEXTS,
        "a/fp32/label": TEXTS,
        "a/fp32/index": i64(7, -1),
      },
      {
        "a/kind": "random",
        "text/a/in/x": "utf8",
        "text/a/fp32/label": "utf8",
        "dtype/index": "int32",
      },
    );
    expect(values).toEqual({
      "in/x": ["string", [2], ["abc", "de"]],
      "out/label": ["string", [2], ["abc", "de"]],
      "out/index": ["int32", [1, 2], [7, -1]],
    });
    expect(metadata).toMatchObject({
      "text/in/x": "utf8",
      "text/out/label": "utf8",
    });
  });

  it("leaves out cases that lack an output", async () => {
    const { values } = await golden(
      {
        "a/in/x": f32(1),
        "a/fp32/y": f32(1),
        "b/in/x": f32(2, 2),
        "b/fp32/y": f32(2),
        "b/fp32/z": f32(2),
      },
      {},
    );
    expect(values["in/x"]).toEqual(["float32", [1, 2], [2, 2]]);
  });
});
