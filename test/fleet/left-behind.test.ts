import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { CI } from "../real/lost-job.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, type FleetSteps, fleetSteps } from "./steps.ts";

const NAMES = ["a", "b", "c"];
const TAKEN = "it is checked again, not converted again";

function fleetOf(env: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const models = Object.fromEntries(NAMES.map((name) => [name, {}]));
  const place = { ...makeFleetStore(root, models, CHEAP), env };
  const drafts = join(root, "store/.model-to-edge/drafts");

  return {
    steps: (out: string) => fleetSteps(place, out),
    drafts: () => (existsSync(drafts) ? readdirSync(drafts) : []),
    edge: () => readdirSync(join(root, "store/main/edge")).sort(),
  };
}

/** Status of each model, and whether an engine ran for it in this fleet. */
const outcomes = ({ json, at }: FleetSteps) =>
  NAMES.map((name) => [
    json<Conversion>(`models/${name}/conversion.json`).status,
    existsSync(at(`models/${name}/engine.log`)),
  ]);

it("a job that is run again checks what its earlier try converted, and no engine runs", async () => {
  const { steps, edge } = fleetOf(CI);
  const fleet = steps("out");
  await convertBatches(fleet, { jobs: 1 });
  const again = await fleet.convert(1);
  expect([again.code, again.stdout]).toEqual([
    0,
    expect.stringContaining(TAKEN),
  ]);
  expect(outcomes(fleet)).toEqual(NAMES.map(() => ["rechecked", false]));

  const run = await fleet.publish();
  expect(run.code, run.stdout).toBe(0);
  expect(edge()).toEqual(NAMES);
});

it("what a fleet converted that lost a job is not converted again by the next pipeline", async () => {
  const { steps, edge, drafts } = fleetOf(CI);
  const lost = steps("lost");
  await convertBatches(lost, { jobs: 3, without: [2] });
  const withheld = await lost.publish();
  expect([withheld.code, withheld.stdout]).toEqual([
    1,
    expect.stringContaining("the draft stays in the store"),
  ]);
  expect(drafts()).toHaveLength(1);

  const next = steps("next");
  const runs = await convertBatches(next, { jobs: 3 });
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(outcomes(next)).toEqual([
    ["rechecked", false],
    ["converted", true],
    ["rechecked", false],
  ]);

  const run = await next.publish();
  expect(run.code, run.stdout).toBe(0);
  expect(next.json<Publication>("publication.json")).toMatchObject({
    ...{ status: "published", models: NAMES },
  });
  expect(edge()).toEqual(NAMES);
});
