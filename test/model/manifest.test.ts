import { expect, test } from "vitest";
import { checkAgainst } from "../../src/document/schema.ts";
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
    version: 3,
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
    verdict: {
      outcome: "pass",
      reason: "equal",
      answer: [{ text: "it computes the same" }],
      because: [],
    },
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

test.each(["pass", "warn"] as const)(
  "a manifest of version 1 that says %s is still read, and its old decision is not shown",
  async (outcome) => {
    const sentence = "detector may ship: on ONNX Runtime CPU it is equal.";
    const first = {
      ...manifestOf(1),
      version: 1,
      verdict: { outcome, sentence },
    };
    await at.under.write("main", { [PATH]: JSON.stringify(first) });
    const read = await readManifest(await at.store.snapshot("main"), PATH);
    expect(read).toMatchObject({
      version: 3,
      fingerprint: first.fingerprint,
      files: first.files,
      verdict: { outcome, reason: "equal" },
    });
    expect(JSON.stringify(read)).not.toContain("may ship");
    expect(await checkAgainst("manifest", read)).toEqual([]);
  },
);

test("a manifest of version 2 is still read, and has no lineage", async () => {
  const second = { ...manifestOf(1), version: 2 };
  await at.under.write("main", { [PATH]: JSON.stringify(second) });
  const snapshot = await at.store.snapshot("main");
  expect(await readManifest(snapshot, PATH)).toEqual(manifestOf(1));

  const odd = { ...second, lineage: { parent_training_run_id: "run-7" } };
  await at.under.write("main", { [PATH]: JSON.stringify(odd) });
  expect(await readManifest(await at.store.snapshot("main"), PATH)).toBeNull();
});

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
