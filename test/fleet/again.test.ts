import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Publication } from "../../src/publish/publication.ts";
import type { Summary } from "../../src/report/summary.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, fleetSteps } from "./steps.ts";

it("the steps, one after the other, publish once, and find everything unchanged after it", async () => {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const place = makeFleetStore(root, { a: {}, b: {} }, CHEAP);
  const fleet = fleetSteps(place);
  const ended = ({ json }: typeof fleet) => [
    json<Publication>("publication.json").status,
    ...json<Summary>("summary.json").models.map(({ status }) => status),
  ];

  const first = await convertBatches(fleet, { jobs: 2 });
  for (const step of [fleet.publish, fleet.report])
    expect((await step()).code).toBe(0);
  expect(first).toHaveLength(3);
  expect(ended(fleet)).toEqual(["published", "converted", "converted"]);

  const second = await convertBatches(fleet, { jobs: 2 });
  for (const step of [fleet.publish, fleet.report])
    expect((await step()).code).toBe(0);
  expect(second).toHaveLength(1);
  expect(ended(fleet)).toEqual(["unchanged", "unchanged", "unchanged"]);

  // One job for all of it, as before there were fleets.
  const plain = fleetSteps(place, "plain");
  for (const step of [
    plain.plan,
    plain.convertAll,
    plain.publish,
    plain.report,
  ])
    expect((await step()).code).toBe(0);
  expect(ended(plain)).toEqual(["unchanged", "unchanged", "unchanged"]);
});
