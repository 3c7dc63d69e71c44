import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const STRICT = ["--fail-on", "warn"];

/** A store whose model would run on the team's device in half precision: a warning. */
function warnedStore(): ToyStore {
  const store = toyStore();
  const camera = {
    id: "camera",
    title: "Ours",
    extends: "x86-server",
    dtypes: { cast: { float32: "float16" } },
    sources: [],
  };
  writeFileSync(join(store.cwd, "camera.json"), JSON.stringify(camera));
  writeFileSync(
    join(store.cwd, "conversion.yaml"),
    "version: 1\ndefaults: {profiles: [./camera.json]}\n",
  );

  return store;
}

/** What each report of the run says. */
function reports({ cwd }: ToyStore): string[] {
  return ["note.md", "report.html", "junit.xml", "code-quality.json"].map(
    (name) => readFileSync(join(cwd, "model-to-edge-out/report", name), "utf8"),
  );
}

function expectRed(store: ToyStore): void {
  const [note, page, junit, quality] = reports(store);
  for (const text of [note, page]) {
    expect(text).toContain("may not ship");
    expect(text).not.toContain("may ship");
  }
  expect(junit).toMatch(/<failure /);
  expect(quality).toContain('"severity": "critical"');
  expect(store.summary().models).toMatchObject([
    { name: "det", ships: false, why: "warning-fails" },
  ]);
}

describe("--fail-on warn", () => {
  it("publishes nothing, and every report says that the model may not ship", async () => {
    const store = warnedStore();
    const run = await store.run(STRICT);
    expect(run.code, run.stdout).toBe(1);
    expect(run.stdout).toContain("det may not ship");
    expect(run.stdout).not.toContain("may ship");
    expectRed(store);
    expect(store.exists("edge/det/manifest.json")).toBe(false);
  });

  it("says the same of a result that was published where warnings pass", async () => {
    const store = warnedStore();
    const first = await store.run();
    expect(first.code, first.stdout).toBe(0);
    expect(reports(store)[0]).toContain("`det` may ship, with a warning");
    const before = store.edge();

    expect((await store.run(STRICT)).code).toBe(1);
    expect(store.summary().models).toMatchObject([{ status: "unchanged" }]);
    expectRed(store);
    expect(store.edge()).toEqual(before);
  });
});
