import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Publication } from "../../src/publish/publication.ts";
import type { Summary } from "../../src/report/summary.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, fleetSteps } from "./steps.ts";

const NAMES = ["a", "b", "c"];

/** Three models in three jobs, of which the second is lost. */
async function lost(publish: "all" | "passed") {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const models = Object.fromEntries(NAMES.map((name) => [name, {}]));
  const steps = fleetSteps(makeFleetStore(root, models, CHEAP));
  const runs = await convertBatches(steps, {
    ...{ plan: ["--publish", publish], jobs: 3, without: [2] },
  });
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);

  const published = await steps.publish();
  const reported = await steps.report();
  const edge = join(root, "store/main/edge");

  return {
    ...{ root, published, reported },
    publication: steps.json<Publication>("publication.json"),
    summary: steps.json<Summary>("summary.json"),
    edge: existsSync(edge) ? readdirSync(edge).sort() : [],
  };
}

it("a lost job publishes nothing, and publish, report and the exit codes say whose it was", async () => {
  const { published, reported, publication, edge } = await lost("all");
  const line = /b\b.* job "convert 2: b" left no result/;
  expect([published.code, published.stdout]).toEqual([
    1,
    expect.stringMatching(line),
  ]);
  expect(publication).toMatchObject({
    status: "withheld",
    reason: expect.stringMatching(/^1 of 3 models could not be checked/),
  });
  expect(edge).toEqual([]);
  expect([reported.code, reported.stdout]).toEqual([
    3,
    expect.stringMatching(line),
  ]);
});

it("a lost job keeps nobody else from being published, where passed is asked for", async () => {
  const { root, published, publication, summary, edge } = await lost("passed");
  expect(published.code).toBe(1);
  expect(publication).toMatchObject({
    ...{ status: "published", models: ["a", "c"] },
  });
  expect(edge).toEqual(["a", "c"]);
  expect(summary.exit_code).toBe(3);
  expect(summary.models.map(({ name, ships }) => [name, ships])).toEqual([
    ["a", true],
    ["b", false],
    ["c", true],
  ]);
  // The draft ends with the publication.
  const drafts = join(root, "store/.model-to-edge/drafts");
  expect(existsSync(drafts) ? readdirSync(drafts) : []).toEqual([]);
});
