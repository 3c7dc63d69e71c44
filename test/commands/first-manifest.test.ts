import { expect, it } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import { toyStore } from "../support/toy-store.ts";

const PATH = "edge/det/manifest.json";

/** As version 1 had it: the verdict as one sentence, with the decision in it. */
function firstVersion(manifest: Manifest): string {
  const verdict = {
    outcome: manifest.verdict.outcome,
    sentence: "det may ship: it is what it was.",
  };
  return `${JSON.stringify({ ...manifest, version: 1, verdict }, null, 2)}\n`;
}

it("a model that was published with a manifest of version 1 is unchanged, and its manifest stays", async () => {
  const store = toyStore();
  expect((await store.run()).code).toBe(0);
  const first = firstVersion(store.manifest(PATH));
  store.write(PATH, first);

  const run = await store.run();
  expect(run.code, run.stdout).toBe(0);
  expect(store.summary().models).toMatchObject([
    { status: "unchanged", ships: true, why: "equal" },
  ]);
  expect(JSON.stringify(store.summary())).not.toContain("it is what it was");
  expect(store.read(PATH)).toBe(first);
});
