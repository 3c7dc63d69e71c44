import { expect, test } from "vitest";
import {
  type Manifest,
  manifestBytes,
  readManifest,
} from "../../src/model/manifest.ts";
import { type FolderStore, folderStore } from "../store/file/folder-store.ts";
import { useStore } from "../store/harness.ts";

const at = useStore<FolderStore>(folderStore);
const PATH = "edge/detector/manifest.json";

function manifestOf(files: number): Manifest {
  const hash = "ab".repeat(32);
  return {
    kind: "manifest",
    version: 1,
    name: "detector",
    engine: "toy",
    fingerprint: { spec: hash, exec: hash, verdict: hash },
    inputs: [],
    files: Array.from({ length: files }, (_, index) => ({
      path: `edge/detector/tokens/${String(index).padStart(6, "0")}.json`,
      size: 12,
      token: `sha256:${hash}`,
      sha256: hash,
    })),
    verdict: { outcome: "pass", sentence: "it computes the same" },
  };
}

test.each([1, 40_000])(
  "a manifest of %i files is read as it was written",
  async (count) => {
    const manifest = manifestOf(count);
    const { draft } = await at.newDraft();
    await draft.publish(
      [PATH],
      () => ({
        write: new Map([[PATH, manifestBytes(manifest)]]),
        keep: [],
        remove: [],
      }),
      { message: "Publish", metadata: {} },
    );
    const snapshot = await at.store.snapshot("main");
    expect(await readManifest(snapshot, PATH)).toEqual(manifest);
  },
);

test("a manifest that no reader would take is not written, and the model is named", () => {
  expect(() => manifestBytes(manifestOf(150_000))).toThrow(
    expect.objectContaining({
      exitCode: 2,
      code: "manifest-too-large",
      message: expect.stringMatching(/detector.*150000 files/),
    }),
  );
});

test.each([
  ["no JSON", "{"],
  ["of another kind", '{"kind":"plan","version":1}'],
])("a file of that name that is %s is a foreign one", async (_what, text) => {
  await at.under.write("main", { "model/x": text });
  const snapshot = await at.store.snapshot("main");
  expect(await readManifest(snapshot, "model/x")).toBeNull();
  expect(await readManifest(snapshot, "model/none")).toBeNull();
});
