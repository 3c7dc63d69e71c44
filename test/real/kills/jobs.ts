import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha } from "../../land/story.ts";
import { type CommandRun, commandLine } from "../../support/command-line.ts";
import { JOB_TOKEN, PROJECT_TOKEN } from "../../support/fake-project.ts";
import type { KillsWorld } from "./world.ts";

/** What befalls a process: `at` milliseconds after its start, or after the publication began (`inside`). */
export type Fate =
  | { kind: "lives" }
  | ({ kind: "SIGKILL" | "SIGTERM" } & Moment)
  /** Not scheduled for a while: it ends after runs that began later. */
  | ({ kind: "freeze"; forMs: number } & Moment);

interface Moment {
  at: number;
  inside: boolean;
}

export const UNHARMED: Fate = { kind: "lives" };

/** How long the last steps of a run take where ten of them share two cores. */
const PUBLISHING_MS = 1000;

/** How long an unharmed run takes here, in milliseconds: a mean that follows the load. */
let usual = 4000;

/** A third is killed as a lost runner does it, a fifth as GitLab's cancel does, some are merely slow. */
export function drawFate({ dice }: KillsWorld): Fate {
  const [which, inside] = [dice.uniform(), dice.uniform() < 0.5];
  const longest = inside ? PUBLISHING_MS : usual * 1.1;
  const moment = { at: Math.round(dice.uniform() * longest), inside };

  if (which < 0.35) return { kind: "SIGKILL", ...moment };
  if (which < 0.5) return { kind: "SIGTERM", ...moment };
  if (which < 0.65)
    return { kind: "freeze", ...moment, forMs: 1000 + dice.below(6000) };
  return UNHARMED;
}

export interface Job {
  /** For the journal. */
  name: string;
  cwd: string;
  args: string[];
  env: Record<string, string>;
  fate: Fate;
}

export interface JobRun extends CommandRun {
  /** Of its output folder; null where it was not written. */
  json<T>(file: string): T | null;
}

/** Runs one process of a job, does to it what is in store for it, and notes both. */
export async function runJob(world: KillsWorld, job: Job): Promise<JobRun> {
  const { server, journal, repository } = world;
  const { name, cwd, args, env, fate } = job;
  const run = await commandLine(
    [...args, "--store", `lakefs://${repository}`],
    {
      cwd,
      env: {
        ...server.env,
        TMPDIR: join(cwd, "../tmp"),
        MODEL_TO_EDGE_OUT: "out",
        ...env,
      },
      started: (child) => meet(child, fate),
    },
  );

  if (fate.kind === "lives" && run.code === 0 && args[0] === "run")
    usual = 0.8 * usual + 0.2 * run.seconds * 1000;
  const end = run.signal ?? `exit ${run.code}`;
  journal.count(`${args[0]}: ${end}`);
  if (fate.kind !== "lives") journal.count(`met ${fate.kind}`);
  journal.note(
    `${name}: ${args[0]} ${end} after ${run.seconds.toFixed(1)} s${fate.kind === "lives" ? "" : `, ${JSON.stringify(fate)}`}${reasonOf(run)}`,
  );
  if (![0, 1, 2, 3, null].includes(run.code))
    journal.wrong(`${name} ended with ${run.code}\n${run.stdout}${run.stderr}`);

  return {
    ...run,
    json<T>(file: string) {
      const path = join(cwd, "out", file);
      return existsSync(path)
        ? (JSON.parse(readFileSync(path, "utf8")) as T)
        : null;
    },
  };
}

function meet(child: ChildProcess, fate: Fate): void {
  if (fate.kind === "lives") return;
  const later = (ms: number, signal: NodeJS.Signals) =>
    void setTimeout(() => child.kill(signal), ms);
  const strike = () => {
    if (fate.kind === "freeze") {
      later(fate.at, "SIGSTOP");
      later(fate.at + fate.forMs, "SIGCONT");
    } else later(fate.at, fate.kind);
  };

  if (!fate.inside) {
    strike();
    return;
  }

  let said = "";
  child.stdout?.on("data", (text) => {
    const before = PUBLISHES.test(said);
    said += String(text);
    if (!before && PUBLISHES.test(said)) strike();
  });
}

/** The title of the log's section in which a run publishes, or a landing lands. */
const PUBLISHES = /Publish|Land /;

function reasonOf({ code, stdout, stderr }: CommandRun): string {
  if (!code) return "";
  const lines = `${stdout}\n${stderr}`.split("\n");
  const said = lines.filter((line) => /error: |hint: /.test(line));
  return `\n    ${said.slice(0, 4).join("\n    ")}`;
}

const CI = {
  GITLAB_CI: "true",
  CI_PROJECT_ID: "10",
  CI_PROJECT_PATH: "a/b",
};

/** The pipeline of a merge request, or of `main`. */
export function pipelineEnv(
  { gitlab }: KillsWorld,
  git: string,
): Record<string, string> {
  const own =
    git === "main"
      ? { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" }
      : {
          CI_PIPELINE_SOURCE: "merge_request_event",
          CI_MERGE_REQUEST_IID: "7",
          CI_MERGE_REQUEST_PROJECT_ID: "10",
          CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
          CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: git,
        };
  return {
    ...CI,
    ...own,
    CI_API_V4_URL: gitlab.api,
    CI_DEFAULT_BRANCH: "main",
    CI_COMMIT_REF_NAME: git,
    CI_COMMIT_SHA: sha(git),
  };
}

/** The job of `main` that lands what Git merged. */
export function landEnv(
  world: KillsWorld,
  commit: string,
): Record<string, string> {
  return {
    ...pipelineEnv(world, "main"),
    CI_COMMIT_SHA: commit,
    CI_COMMIT_BEFORE_SHA: "0".repeat(40),
    CI_JOB_TOKEN: JOB_TOKEN,
    MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN,
  };
}
