import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Performance } from "../../src/validate/performance/measurement.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const out = (store: ToyStore, path: string) =>
  join(store.cwd, "model-to-edge-out", path);
const performanceOf = (store: ToyStore): Performance =>
  JSON.parse(readFileSync(out(store, "models/det/performance.json"), "utf8"));

describe("how fast a model is", () => {
  it("is told by the run's reports, and by no file that is published", async () => {
    const store = toyStore();
    expect((await store.run()).code).toBe(0);
    const { sentence, published } = performanceOf(store);
    expect(published).toBeNull();
    expect(store.summary().models[0]?.performance).toBe(sentence);
    expect(readFileSync(out(store, "report/note.md"), "utf8")).toContain(
      "On this runner, one thread: ",
    );
    expect(readFileSync(out(store, "report/report.html"), "utf8")).toContain(
      sentence,
    );
    const shipped = store
      .manifest("edge/det/manifest.json")
      .files.map(({ path }) => path);
    expect(shipped.filter((path) => path.includes("performance"))).toEqual([]);
    for (const path of shipped.filter((path) =>
      /verdict\.json$|report\.html$/.test(path),
    ))
      expect(store.read(path)).not.toMatch(/p50|first_run|load_ms": [0-9]/);
  });

  it("is measured beside the published model where that is another one", async () => {
    const store = toyStore();
    await store.run();
    await store.run(["--force"]);
    expect(performanceOf(store).published).toBeNull();
    store.write(
      "model/det/toy.weights",
      JSON.stringify({ w: [4, 3, 2, 1], b: [0, 0, 0, 1] }),
    );
    expect((await store.run()).code).toBe(0);
    expect(performanceOf(store).published).toMatchObject({ problem: null });
    expect(performanceOf(store).windows.means_ms.length).toBeGreaterThanOrEqual(
      5,
    );
    expect(readdirSync(out(store, "models/det"))).not.toContain("published");
    expect(
      readdirSync(out(store, ".")).filter((name) => name.startsWith("work")),
    ).toEqual([]);
  });

  it("fails a model that exceeds a budget of conversion.yaml, with both numbers", async () => {
    const store = toyStore();
    const budget = { size_mb: 0.0001, p95_ms: 60_000 };
    const config = {
      version: 1,
      defaults: { validate: { performance: budget } },
    };
    writeFileSync(join(store.cwd, "conversion.yaml"), JSON.stringify(config));
    const run = await store.run();
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/Over budget: file \d+ B, at most 100 B\./);
    expect(store.edge()).toEqual({});
  });
});
