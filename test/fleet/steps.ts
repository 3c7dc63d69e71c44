import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "vitest";
import type { Fleet } from "../../src/fleet/fleet.ts";
import {
  type CommandOptions,
  type CommandRun,
  commandLine,
} from "../support/command-line.ts";

/** What GitLab sets in the job that plans. */
const JOB = {
  CI_PIPELINE_SOURCE: "push",
  CI_PIPELINE_ID: "4711",
  CI_JOB_NAME: "fleet-plan",
  CI_COMMIT_BRANCH: "main",
};

export interface FleetPlace {
  cwd: string;
  url: string;
  env?: Record<string, string>;
}

/** The steps of a fleet over one folder, as its jobs take them one after the other. */
export function fleetSteps(place: FleetPlace, out = "out") {
  const { cwd, url, env = {} } = place;
  const at = (path: string) => resolve(cwd, out, path);
  const step = (words: string[], options: Partial<CommandOptions> = {}) =>
    commandLine(words, {
      ...{ cwd, ...options },
      env: { ...env, MODEL_TO_EDGE_OUT: out, ...options.env },
    });
  const onStore = (words: string[], own: Record<string, string> = {}) =>
    step([...words, "--store", url], { env: own });

  return {
    place,
    at,
    step,
    json: <T>(path: string) => JSON.parse(readFileSync(at(path), "utf8")) as T,
    plan: (...words: string[]) =>
      onStore(["plan", "--model-branch", "main", ...words]),
    fleet: (...words: string[]) =>
      step(
        [
          "fleet",
          "--image",
          "runner:1",
          "--engine-images",
          "toy=toy:1",
          ...words,
        ],
        { env: JOB },
      ),
    convert: (batch: number, ...words: string[]) =>
      onStore([
        ...["convert", "--isolation", "none", "--batch", String(batch)],
        ...words,
      ]),
    convertAll: () => onStore(["convert", "--isolation", "none"]),
    publish: (own: Record<string, string> = {}, ...words: string[]) =>
      onStore(["publish", ...words], own),
    report: () => onStore(["report", "--model-branch", "main"]),
  };
}

export type FleetSteps = ReturnType<typeof fleetSteps>;

/** Plans, and converts all batches but those that are left out, each job with its own output folder as artifacts have it. */
export async function convertBatches(
  steps: FleetSteps,
  { plan = [], jobs, without = [] }: Batches,
): Promise<CommandRun[]> {
  const planned = await steps.plan(...plan);
  expect(planned.code, planned.stdout).toBe(0);
  const spread = await steps.fleet("--max-jobs", String(jobs));
  expect(spread.code, spread.stdout).toBe(0);

  const count = steps.json<Fleet>("fleet.json").jobs.length;
  const kept: (() => void)[] = [];
  const runs: CommandRun[] = [];
  for (let batch = 0; batch <= count; batch++) {
    if (without.includes(batch)) continue;
    runs.push(await steps.convert(batch));
    kept.push(setAside(steps));
  }
  for (const restore of kept) restore();

  return runs;
}

interface Batches {
  plan?: string[];
  jobs: number;
  /** Numbers of batches whose job is lost. */
  without?: number[];
}

/** The documents of one job, as an artifact; gives the function that puts them back. */
function setAside({ at }: FleetSteps): () => void {
  const folder = at("models");
  if (!existsSync(folder)) return () => undefined;

  const aside = mkdtempSync(at("artifact-"));
  cpSync(folder, aside, { recursive: true });
  rmSync(folder, { recursive: true });

  return () => {
    cpSync(aside, folder, { recursive: true });
    rmSync(aside, { recursive: true });
  };
}
