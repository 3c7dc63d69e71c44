import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { fleetSteps } from "./steps.ts";

/** The plan of one model, as one of so many. */
async function planOf(count: number) {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const steps = fleetSteps(makeFleetStore(root, { a: {} }, CHEAP));
  expect((await steps.plan()).code).toBe(0);

  const plan = steps.json<Plan>("plan.json");
  const models = Array.from({ length: count }, (_, index) =>
    plan.models.map((model) => ({ ...model, name: `m${index}` })),
  ).flat();
  writeFileSync(steps.at("plan.json"), JSON.stringify({ ...plan, models }));

  return steps;
}

it("more jobs than GitLab takes are refused with what to set, before there is a file; then they fit", async () => {
  const { at, fleet } = await planOf(1998);
  const refused = await fleet("--max-jobs", "1998");
  expect([refused.code, refused.stdout]).toEqual([
    2,
    expect.stringMatching(
      /the child pipeline has 2001 jobs, GitLab allows at most 2000 in a pipeline\n.*--max-jobs/,
    ),
  ]);
  expect(existsSync(at("child-pipeline.yml"))).toBe(false);
  expect(existsSync(at("fleet.json"))).toBe(false);

  const most = await fleet("--max-jobs", "1997");
  expect([most.code, most.stdout]).toEqual([
    0,
    expect.stringContaining("warning: the child pipeline has 2000 jobs"),
  ]);
  expect(readFileSync(at("child-pipeline.yml"), "utf8")).toContain(
    "convert 1997: ",
  );
});
