import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import { structure } from "../../src/validate/checks/structure.ts";
import { modelBytes } from "../../src/validate/external-data.ts";
import { findSubject } from "../../src/validate/find-subject.ts";
import { bytesRead } from "../support/bytes-read.ts";
import { folderOf } from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { withPlainMessage } from "../support/plain-message.ts";

const GIGABYTES = 3 * 2 ** 30;

/** A model whose weights of 3 GB lie in a file of their own, which has no bytes on the disk. */
async function largeFolder(bytes: number): Promise<string> {
  const folder = await folderOf({
    "end2end.onnx": onnxModel({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      inputs: [{ name: "x", dims: ["batch", 768 * 1024] }],
      outputs: [{ name: "y", dims: ["batch", 1024] }],
      weights: {
        w: {
          dims: [768 * 1024, 1024],
          values: [],
          external: { location: "w.bin", offset: 0, length: GIGABYTES },
        },
      },
    }),
  });
  const file = await open(join(folder, "w.bin"), "w");
  await file.truncate(bytes);
  await file.close();
  return folder;
}

describe("weights of 3 GB in a file of their own", () => {
  test("are counted and never read", async () => {
    const subject = await findSubject(
      await largeFolder(GIGABYTES),
      null,
      STRICT,
    );
    const before = bytesRead();
    const graph = await readOnnx(subject.model);
    expect(await structure.run(subject, graph)).toMatchObject({
      status: "pass",
    });
    expect(await modelBytes(subject.model, graph)).toBeGreaterThan(GIGABYTES);
    expect(graph.constants).toEqual([]);
    expect(bytesRead() - before).toBeLessThan(20e6);
  });

  test("are wrong where a byte is missing", async () => {
    const subject = await findSubject(
      await largeFolder(GIGABYTES - 1),
      null,
      STRICT,
    );
    expect(
      withPlainMessage(
        await structure.run(subject, await readOnnx(subject.model)),
      ),
    ).toMatchObject({
      status: "fail",
      kind: "wrong",
      message: expect.stringContaining("w.bin with the weights is truncated"),
    });
  });
});
