import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fetchPublishedPages } from "../../src/commands/run/published-pages.ts";
import type { Conversion } from "../../src/convert/conversion.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { fileStore } from "../../src/store/file.ts";
import { storeContext } from "../support/store-context.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const outOf = ({ cwd }: ToyStore) => join(cwd, "model-to-edge-out");
const read = (store: ToyStore, path: string) =>
  readFileSync(join(outOf(store), path), "utf8");

describe("the report of a run", () => {
  it("has the steps of the run and of each model on the clock, in the documents too", async () => {
    const store = toyStore();
    await store.run([], {
      env: {
        CI_PIPELINE_CREATED_AT: "2026-01-01T12:00:00Z",
        CI_JOB_STARTED_AT: "2026-01-01T12:00:20Z",
      },
    });

    const { timeline = [] } = store.summary();
    expect(timeline.map(({ step }) => step)).toEqual([
      ...["queue", "set-up", "plan", "convert", "publish"],
    ]);
    expect(timeline[0]).toEqual({
      ...{ step: "queue", started: "2026-01-01T12:00:00.000Z", seconds: 20 },
    });
    const starts = timeline.map(({ started }) => started);
    expect(starts.toSorted()).toEqual(starts);

    const conversion = JSON.parse(
      read(store, "models/det/conversion.json"),
    ) as Conversion;
    const steps = conversion.timeline?.map(({ step }) => step) ?? [];
    expect(steps[0]).toBe("download");
    expect(steps).toContain("engine.start");
    expect(steps.slice(-3)).toEqual(["engine", "validate", "stage"]);
    expect(read(store, "report/report.html")).toMatch(
      /aria-label="det: download .*, engine: start .*, checks .*, upload /,
    );
  });

  it("shows the published report of a model that did not change, and what it is", async () => {
    const store = toyStore();
    await store.run();
    await store.run();
    expect(store.summary().models[0]?.status).toBe("unchanged");

    expect(read(store, "report/published/det.html")).toBe(
      store.read("evidence/det/report.html"),
    );
    const page = read(store, "report/report.html");
    expect(page).toContain('<a href="published/det.html">');
    expect(page).toContain("<dt>Input</dt>");
  });

  it("shows no published report that its manifest does not prove", async () => {
    const store = toyStore();
    await store.run();
    await store.run();
    const plan = JSON.parse(read(store, "plan.json")) as Plan;
    for (const { published } of plan.models)
      for (const file of published?.files ?? []) file.sha256 = "0".repeat(64);

    const out = join(store.cwd, "elsewhere");
    const pages = await fetchPublishedPages(storeContext(), {
      ...{ out, plan, summary: store.summary() },
      store: fileStore(
        storeContext(),
        store.url,
        store.url.slice("file://".length),
      ),
    });
    expect([...pages]).toEqual([]);
    expect(() => readdirSync(out)).toThrow(/ENOENT/);
  });
});
