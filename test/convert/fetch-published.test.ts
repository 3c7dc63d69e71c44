import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fetchPublished } from "../../src/convert/fetch-published.ts";
import { ExternalError } from "../../src/errors.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Snapshot, StoredFile } from "../../src/store/store.ts";
import { folderOf } from "../support/model-folder.ts";
import { storeContext } from "../support/store-context.ts";

const PLACES = {
  edge: "edge/det/",
  evidence: "evidence/det/",
  manifest: "edge/det/manifest.json",
};

function published(files: Record<string, string | number>): Manifest {
  const stored = Object.entries(files).map(([path, content]): StoredFile => {
    const size = typeof content === "number" ? content : content.length;
    const sha256 = createHash("sha256").update(String(content)).digest("hex");
    return { path, size, token: path, sha256 };
  });
  return { files: stored } as Partial<Manifest> as Manifest;
}

/** The path it returns below the folder, the files that were asked for, and what was said. */
async function fetched(
  manifest: Manifest | null,
  own: Record<string, string>,
  failure?: Error,
) {
  const asked: string[] = [];
  const snapshot: Pick<Snapshot, "download"> = {
    async download(objects, _folder, options) {
      if (failure) throw failure;
      asked.push(...objects.map(({ path }) => options?.rename?.(path) ?? path));
      return [];
    },
  };
  const ctx = storeContext();
  const model = { name: "det", published: manifest };
  const path = await fetchPublished(ctx, snapshot as Snapshot, {
    model,
    places: PLACES,
    files: await folderOf(own),
    folder: "/work/old",
  });
  return { path, asked, lines: ctx.lines };
}

describe("the published model", () => {
  test("is fetched with the weights beside it, and nothing else", async () => {
    const manifest = published({
      "edge/det/contract.json": "{}",
      "edge/det/end2end.onnx": "old",
      "edge/det/weights.bin": "old weights",
      "evidence/det/references.safetensors": "much",
    });
    expect(
      await fetched(manifest, {
        "end2end.onnx": "new",
        "weights.bin": "old weights",
      }),
    ).toEqual({
      path: join("/work/old", "end2end.onnx"),
      asked: ["end2end.onnx", "weights.bin"],
      lines: [],
    });
  });

  test.each([
    ["there is none", null],
    ["it is the same", published({ "edge/det/end2end.onnx": "same" })],
    ["it holds no ONNX file", published({ "edge/det/contract.json": "{}" })],
    [
      "it is larger than 512 MiB",
      published({ "edge/det/end2end.onnx": 2 ** 29 + 1 }),
    ],
  ])("is not fetched where %s", async (_, manifest) => {
    expect(await fetched(manifest, { "end2end.onnx": "same" })).toEqual({
      path: null,
      asked: [],
      lines: [],
    });
  });

  test("is fetched where only its weights are others", async () => {
    const manifest = published({
      "edge/det/end2end.onnx": "same",
      "edge/det/weights.bin": "old",
    });
    expect(
      (
        await fetched(manifest, {
          "end2end.onnx": "same",
          "weights.bin": "new",
        })
      ).asked,
    ).toHaveLength(2);
  });

  test("that cannot be had is said, and fails nothing; a bug of ours does", async () => {
    const manifest = published({ "edge/det/end2end.onnx": "old" });
    const gone = await fetched(
      manifest,
      {},
      new ExternalError("the store does not answer", {
        code: "store-unreachable",
        hint: "wait",
      }),
    );
    expect(gone.path).toBeNull();
    expect(gone.lines.join()).toContain("det: its speed could not be compared");
    await expect(fetched(manifest, {}, new TypeError("a bug"))).rejects.toThrow(
      "a bug",
    );
  });
});
