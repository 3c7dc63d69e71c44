import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const policy = (text: string) =>
  `version: 1\nmodels:\n  det:\n    validate:\n${text}`;
const STRICTER = policy("      tolerance: { sqnr_db: 20 }\n");
const IMPOSSIBLE = policy("      performance: { size_mb: 0.00001 }\n");
const SHAPES = policy("      shapes: { batch: [2, 3] }\n");

/** A published model, and another policy in the repository. */
async function published(text: string): Promise<ToyStore> {
  const store = toyStore();
  expect((await store.run()).code).toBe(0);
  writeFileSync(join(store.cwd, "conversion.yaml"), text);
  return store;
}

const conversion = (store: ToyStore) =>
  JSON.parse(
    readFileSync(
      join(store.cwd, "model-to-edge-out/models/det/conversion.json"),
      "utf8",
    ),
  );

function explained(store: ToyStore) {
  const args = ["explain", "det", "--store", store.url];
  return commandLine([...args, "--model-branch", "main"], { cwd: store.cwd });
}

describe("another policy on the same bytes", () => {
  it("is checked and published again without the engine, and is up to date afterwards", async () => {
    const store = await published(STRICTER);
    const before = store.edge();
    const run = await store.run();
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(store.summary().models[0]).toMatchObject({ status: "rechecked" });
    expect(conversion(store)).toMatchObject({
      isolation: "",
      status: "rechecked",
    });
    expect(Object.keys(conversion(store).timings).join()).not.toContain(
      "engine.",
    );
    expect(
      existsSync(join(store.cwd, "model-to-edge-out/models/det/engine.log")),
    ).toBe(false);
    expect(run.stdout).toContain("checked again");
    expect(
      readFileSync(join(store.cwd, "model-to-edge-out/report/note.md"), "utf8"),
    ).toContain("checked again");

    const after = store.edge();
    expect(after["det/end2end.onnx"]).toBe(before["det/end2end.onnx"]);
    expect(after["det/manifest.json"]).not.toBe(before["det/manifest.json"]);
    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({ status: "unchanged" });
  });

  it("may refuse what was green, and leaves what is published", async () => {
    const store = await published(IMPOSSIBLE);
    const before = store.edge();
    expect((await store.run()).code).toBe(1);
    expect(store.summary().models[0]).toMatchObject({
      status: "rechecked",
      ships: false,
    });
    expect(store.edge()).toEqual(before);
  });

  it("converts anew where the references must hold other lengths", async () => {
    const store = await published(SHAPES);
    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({ status: "converted" });
  });

  it("converts anew with --force", async () => {
    const store = await published(STRICTER);
    expect((await store.run(["--force"])).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({ status: "converted" });
  });

  it("finds by the download that a file which was written again is the same, and checks only", async () => {
    const store = await published(STRICTER);
    store.write("model/det/toy.weights", store.read("model/det/toy.weights"));
    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({ status: "rechecked" });
  });
});

describe("explain", () => {
  it("says part by part what changed", async () => {
    const store = await published(STRICTER);
    const { code, stdout } = await explained(store);
    expect(code).toBe(0);
    expect(stdout).toContain("det would be checked again");
    expect(stdout).toContain("= what the bytes depend on");
    expect(stdout).toContain("≠ what the verdict depends on");
  });

  it("names new and gone files, and a model that is up to date", async () => {
    const store = toyStore();
    await store.run();
    expect((await explained(store)).stdout).toContain("det is up to date");
    store.write("model/det/samples/new.json", "[1, 2, 3, 4]");
    const { stdout } = await explained(store);
    expect(stdout).toContain("det would be converted");
    expect(stdout).toContain("≠ model/det/samples/new.json: is new");
  });
});
