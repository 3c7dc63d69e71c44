import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseManifest } from "../../src/model/manifest.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const SPEC = "5e".repeat(32);
const EXEC = "ec".repeat(32);
const TRAINED = { spec_fp: SPEC, exec_fp: EXEC, run_id: "run-7" };
const PARENT = {
  parent_spec_fp: SPEC,
  parent_exec_fp: EXEC,
  parent_training_run_id: "run-7",
};
const TRAINING = "model/det/training.json";
const MANIFEST = "edge/det/manifest.json";

const note = ({ cwd }: ToyStore) =>
  readFileSync(join(cwd, "model-to-edge-out/report/note.md"), "utf8");
const configured = ({ cwd }: ToyStore, lineage: Record<string, string>) =>
  writeFileSync(
    join(cwd, "conversion.yaml"),
    JSON.stringify({ version: 1, models: { det: { lineage } } }),
  );

describe("what a model was trained from", () => {
  it("travels with it, and no byte depends on it", async () => {
    const store = toyStore();
    expect((await store.run()).code).toBe(0);
    const before = store.manifest(MANIFEST);
    expect(before.lineage).toBeUndefined();

    store.write(TRAINING, JSON.stringify({ ...TRAINED, epochs: 12 }));
    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({
      ...{ status: "rechecked", lineage: PARENT },
    });
    const after = store.manifest(MANIFEST);
    expect(after).toMatchObject({ version: 3, lineage: PARENT });
    expect(after.fingerprint.exec).toBe(before.fingerprint.exec);
    expect(note(store)).toContain("Trained by run `run-7`");
    expect(store.read("evidence/det/report.html")).toContain(EXEC);

    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({ status: "unchanged" });
  });

  it.each<[string, (store: ToyStore) => void, RegExp]>([
    [
      "a training.json of 100 MB",
      (store) => {
        store.write(TRAINING, "{}");
        truncateSync(join(store.branch, TRAINING), 100 << 20);
      },
      /training\.json: is larger than 1 MiB/,
    ],
    [
      "a training.json that is no JSON",
      (store) => store.write(TRAINING, "epochs: 12"),
      /training\.json: is not a JSON object/,
    ],
    [
      "a wrong fingerprint",
      (store) => store.write(TRAINING, `{"spec_fp":"${SPEC.slice(1)}"}`),
      /spec_fp "e5.*" is not a fingerprint of 64 hex digits/,
    ],
    [
      "a fingerprint that is a number",
      (store) => store.write(TRAINING, '{"parent_exec_fp":12}'),
      /parent_exec_fp 12 is not a fingerprint/,
    ],
    [
      "a run's id with a line break",
      (store) => store.write(TRAINING, '{"run_id":"a\\nb"}'),
      /run_id "a\\nb" is not a run's id/,
    ],
    [
      "another run in conversion.yaml",
      (store) => {
        store.write(TRAINING, JSON.stringify(TRAINED));
        configured(store, { parent_training_run_id: "run-8" });
      },
      /say different things: parent_training_run_id is run-7 and run-8/,
    ],
  ])("refuses the model with %s", async (_, harm, says) => {
    const store = toyStore({ det: {}, other: {} });
    harm(store);
    const run = await store.run(["--publish", "passed"]);
    expect([run.code, run.stdout]).toEqual([2, expect.stringMatching(says)]);
    expect(store.exists(MANIFEST)).toBe(false);
    expect(store.exists("edge/other/manifest.json")).toBe(true);
  });

  it("is what conversion.yaml or a module's metadata.json says, and nothing where they say nothing", async () => {
    const store = toyStore({ det: {}, module: {}, foreign: {} });
    configured(store, { parent_spec_fp: SPEC });
    store.write("model/module/metadata.json", JSON.stringify(PARENT));
    store.write("model/foreign/metadata.json", "[1, 2]");
    expect((await store.run()).code).toBe(0);
    const of = (name: string) =>
      store.manifest(`edge/${name}/manifest.json`).lineage;
    expect(of("det")).toEqual({ parent_spec_fp: SPEC });
    expect(of("module")).toEqual(PARENT);
    expect(of("foreign")).toBeUndefined();
  });

  it("is read back from a manifest, and a manifest of version 4 is nobody's", async () => {
    const store = toyStore();
    store.write(TRAINING, JSON.stringify(TRAINED));
    await store.run();
    const text = store.read(MANIFEST);
    const read = (bytes: string) => parseManifest(Buffer.from(bytes), MANIFEST);
    expect((await read(text))?.lineage).toEqual(PARENT);
    expect(await read(text.replace('"version": 3', '"version": 4'))).toBeNull();
  });
});
