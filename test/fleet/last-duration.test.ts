import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { SECONDS_KEY } from "../../src/plan/last-seconds.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, fleetSteps } from "./steps.ts";

const NAMES = ["a", "b", "c", "d"];

it("a fleet goes by what its models took last, as the commit of their publication tells it", async () => {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const models = Object.fromEntries(NAMES.map((name) => [name, {}]));
  const steps = fleetSteps(makeFleetStore(root, models, CHEAP));
  await convertBatches(steps, { jobs: 1 });
  const published = await steps.publish();
  expect(published.code, published.stdout).toBe(0);

  const { commit } = steps.json<Publication>("publication.json");
  const commits = join(root, "store/.model-to-edge/commits");
  const [file = ""] = readdirSync(commits);
  expect(commit).toContain(file.replace(".json", ""));
  const record = JSON.parse(readFileSync(join(commits, file), "utf8"));
  const took = JSON.parse(record.metadata[SECONDS_KEY]);
  expect(Object.keys(took).sort()).toEqual(NAMES);
  for (const seconds of Object.values(took)) {
    expect(Number.isInteger(seconds)).toBe(true);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(120);
  }

  const tell = (text: string) => {
    record.metadata[SECONDS_KEY] = text;
    writeFileSync(join(commits, file), JSON.stringify(record));
  };
  const spread = async (text: string) => {
    tell(text);
    const planned = await steps.plan();
    expect(planned.code, planned.stdout).toBe(0);
    const made = await steps.fleet("--max-jobs", "2");
    expect(made.code, made.stdout).toBe(0);
    const seconds = steps
      .json<Plan>("plan.json")
      .models.map((model) => model.seconds ?? null);
    const jobs = steps.json<Fleet>("fleet.json").jobs;
    return { seconds, jobs: jobs.map((job) => job.models), said: made.stdout };
  };

  // Nothing changed: nothing is asked, and nothing is published again.
  const unchanged = await spread('{"a":900}');
  expect(unchanged.seconds).toEqual([null, null, null, null]);
  expect(unchanged.jobs).toEqual([]);

  for (const name of NAMES)
    writeFileSync(
      join(root, `store/main/model/${name}/scale.weights`),
      `${GOOD_WEIGHTS} `,
    );
  const timed = await spread('{"d":900,"a":20,"b":20,"c":20}');
  expect(timed.seconds).toEqual([20, 20, 20, 900]);
  expect(timed.jobs).toEqual([["d"], ["a", "b", "c"]]);
  expect(timed.said).toContain("balanced by last duration (of 4) and size");

  for (const text of ["not JSON", '{"a":-1,"b":"x","d":0}']) {
    const damaged = await spread(text);
    expect(damaged.seconds).toEqual([null, null, null, null]);
    expect(damaged.jobs.map(({ length }) => length)).toEqual([2, 2]);
    expect(damaged.said).toContain("balanced by size");
  }
});
