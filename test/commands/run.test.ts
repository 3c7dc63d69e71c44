import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

describe("model-to-edge run", () => {
  it("converts, checks, publishes and reports a model, and the second time finds it unchanged", async () => {
    const store = toyStore();
    const first = await store.run();
    expect(first.stdout).toContain("det");
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const summary = store.summary();
    expect(summary).toMatchObject({
      version: 2,
      models: [
        { name: "det", engine: "toy", status: "converted", verdict: "pass" },
      ],
      publication: { status: "published" },
      exit_code: 0,
    });
    const manifest = store.manifest("edge/det/manifest.json");
    expect(manifest.fingerprint.exec).toBe(summary.models[0]?.exec_fp);
    expect(manifest.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "edge/det/end2end.onnx",
        "edge/det/contract.json",
        "evidence/det/references.safetensors",
      ]),
    );
    const before = store.edge();
    const second = await store.run();
    expect(second.code).toBe(0);
    expect(store.summary()).toMatchObject({
      models: [{ status: "unchanged" }],
      publication: { status: "unchanged" },
    });
    expect(store.edge()).toEqual(before);
  });

  it("publishes files whose sha256 the manifest tells", async () => {
    const store = toyStore();
    await store.run();
    for (const { path, sha256, size } of store.manifest(
      "edge/det/manifest.json",
    ).files) {
      const bytes = readFileSync(join(store.branch, path));
      expect([
        path,
        bytes.length,
        createHash("sha256").update(bytes).digest("hex"),
      ]).toEqual([path, size, sha256]);
    }
  });

  it("refuses wrong weights with exit 1, and leaves edge/ as it was", async () => {
    const store = toyStore();
    await store.run();
    const before = store.edge();
    store.write(
      "model/det/model.json",
      JSON.stringify({ channels: 4, misbehave: "wrong-weights" }),
    );
    const run = await store.run();
    expect(run.code).toBe(1);
    expect(store.summary()).toMatchObject({
      models: [{ verdict: "fail" }],
      publication: { status: "withheld" },
      exit_code: 1,
    });
    expect(store.summary().models[0]?.reasons[0]?.check).toBe("parity");
    expect(store.summary().notices.join()).toContain("stale");
    expect(store.edge()).toEqual(before);
  });

  it("publishes all or nothing, or with --publish passed what passed", async () => {
    const store = toyStore({ good: {}, bad: { misbehave: "wrong-weights" } });
    expect((await store.run()).code).toBe(1);
    expect(store.edge()).toEqual({});
    expect((await store.run(["--publish", "passed"])).code).toBe(1);
    expect(Object.keys(store.edge())).toContain("good/end2end.onnx");
    expect(
      Object.keys(store.edge()).some((path) => path.startsWith("bad/")),
    ).toBe(false);
  });

  it("gives the same bytes for the same model, and converts again only with --force", async () => {
    const store = toyStore();
    await store.run();
    const before = store.edge();
    await store.run(["--force"]);
    expect(store.summary()).toMatchObject({
      models: [{ status: "converted" }],
    });
    expect(store.edge()).toEqual(before);
  });

  it("removes the edge model of a model that left, unless --models narrowed the run", async () => {
    const store = toyStore({ a: {}, b: {} });
    await store.run();
    rmSync(`${store.branch}/model/b`, { recursive: true });
    await store.run(["--models", "a"]);
    expect(Object.keys(store.edge())).toContain("b/end2end.onnx");
    const run = await store.run();
    expect(run.code).toBe(0);
    expect(
      Object.keys(store.edge()).some((path) => path.startsWith("b/")),
    ).toBe(false);
    expect(store.summary().notices.join()).toContain(
      "`b` is no longer in `model/`",
    );
  });

  it("takes a flat model/ as one model with the name model", async () => {
    const store = toyStore({});
    store.write("model/model.json", JSON.stringify({ channels: 4 }));
    store.write(
      "model/toy.weights",
      JSON.stringify({ w: [1, 2, 3, 4], b: [0, 0, 0, 1] }),
    );
    expect((await store.run()).code).toBe(0);
    expect(store.manifest("edge/manifest.json").name).toBe("model");
    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]?.status).toBe("unchanged");
  });

  it("reads and publishes in other folders of the branch, and knows them again", async () => {
    const store = toyStore({});
    store.write("net/weights/det/model.json", JSON.stringify({ channels: 4 }));
    store.write(
      "net/weights/det/toy.weights",
      JSON.stringify({ w: [1, 2, 3, 4], b: [0, 0, 0, 1] }),
    );
    const paths = ["--model-path", "net/weights", "--edge-path", "device/edge"];
    expect((await store.run(paths)).code).toBe(0);
    const { files } = store.manifest("device/edge/det/manifest.json");
    expect(files.map(({ path }) => path)).toContain(
      "device/evidence/det/verdict.json",
    );
    expect((await store.run(paths)).code).toBe(0);
    expect(store.summary().models[0]?.status).toBe("unchanged");
  });

  it("prints summary.json alone on stdout with --json", async () => {
    const store = toyStore();
    const run = await store.run(["--json"]);
    expect(JSON.parse(run.stdout)).toEqual(store.summary());
    expect(run.stderr).toContain("det");
  });

  it("does the same in four steps as in one", async () => {
    const store = toyStore();
    const step = (name: string) =>
      commandLine([name, "--store", store.url], {
        cwd: store.cwd,
        env: {
          MODEL_TO_EDGE_MODEL_BRANCH: "main",
          MODEL_TO_EDGE_ISOLATION: "none",
        },
      });
    for (const name of ["plan", "convert", "publish", "report"])
      expect([name, (await step(name)).code]).toEqual([name, 0]);
    expect(store.summary()).toMatchObject({
      models: [{ status: "converted", verdict: "pass" }],
      publication: { status: "published" },
    });
    expect(Object.keys(store.edge())).toContain("det/end2end.onnx");

    const file = join(store.cwd, "model-to-edge-out/publication.json");
    const { plan, ...rest } = JSON.parse(readFileSync(file, "utf8"));
    expect(plan).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(file, JSON.stringify({ ...rest, plan: "0".repeat(64) }));
    expect(await step("report")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining(
        "publication.json does not belong to this plan.json",
      ),
    });
  });
});
