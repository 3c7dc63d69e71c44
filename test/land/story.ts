import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LandDocument } from "../../src/land/landing.ts";
import { command } from "../support/command-inside.ts";
import type { CommandRun } from "../support/command-line.ts";
import {
  type FakeProject,
  type FakeRequest,
  JOB_TOKEN,
  PROJECT_TOKEN,
} from "../support/fake-project.ts";

export const GOOD = (first: number) =>
  JSON.stringify({ w: [first, 2, 3, 4], b: [0, 0, 0, 1] });
export const MISFIT = JSON.stringify({ weight: [1, 2, 3, 4], b: [0, 0, 0, 1] });
export const CONFIG = JSON.stringify({ channels: 4 });

/** A commit id as Git would make one for a text. */
export function sha(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** The last hours, in the order of the numbers: a merge of long ago is looked for no more. */
export function mergedAt(iid: number): string {
  return new Date(Date.now() - 6 * 3_600_000 + iid * 60_000).toISOString();
}

export interface LandRun extends CommandRun {
  document: LandDocument;
  report(name: string): string;
}

/** One project with its store: pipelines of merge requests, merges in Git, and `land` after them. */
export class Story {
  readonly cwd: string;
  readonly gitlab: FakeProject;
  readonly #env: Record<string, string>;
  readonly #store: string;

  constructor(
    gitlab: FakeProject,
    store: string,
    env: Record<string, string> = {},
  ) {
    this.gitlab = gitlab;
    this.cwd = mkdtempSync(join(tmpdir(), "model-to-edge-land-"));
    this.#store = store;
    this.#env = {
      ...env,
      GITLAB_CI: "true",
      CI_API_V4_URL: gitlab.api,
      CI_PROJECT_ID: "10",
      CI_PROJECT_PATH: "a/b",
    };
  }

  remove(): void {
    rmSync(this.cwd, { recursive: true, force: true });
  }

  /** The pipeline of a merge request of this Git branch. */
  run(gitBranch: string, args: string[] = []): Promise<CommandRun> {
    const env = {
      ...this.#env,
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_PROJECT_ID: "10",
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: gitBranch,
      CI_COMMIT_REF_NAME: gitBranch,
      CI_COMMIT_SHA: sha(gitBranch),
    };
    return this.#cli(
      ["run", "--isolation", "none", "--note", "off", ...args],
      env,
    );
  }

  /** Merges a branch in Git; returns the commit that main's pipeline then runs for. */
  merge(
    gitBranch: string,
    iid: number,
    change: Partial<FakeRequest> = {},
  ): string {
    const commit = sha(`merge of ${gitBranch} as !${iid}`);
    this.gitlab.requests.push({
      iid,
      state: "merged",
      source_branch: gitBranch,
      target_branch: "main",
      source_project_id: 10,
      target_project_id: 10,
      title: `New model of ${gitBranch}`,
      web_url: `https://git.test/a/b/-/merge_requests/${iid}`,
      merged_at: mergedAt(iid),
      sha: sha(gitBranch),
      merge_commit_sha: commit,
      squash_commit_sha: null,
      ...change,
    });
    return commit;
  }

  /** The land job of main's pipeline. */
  async land(
    commit: string,
    args: string[] = [],
    extra: Record<string, string> = {},
    started?: (child: ChildProcess) => void,
  ): Promise<LandRun> {
    const env = {
      ...this.#env,
      CI_PIPELINE_SOURCE: "push",
      CI_COMMIT_BRANCH: "main",
      CI_DEFAULT_BRANCH: "main",
      CI_COMMIT_REF_NAME: "main",
      CI_COMMIT_SHA: commit,
      CI_COMMIT_BEFORE_SHA: "0".repeat(40),
      CI_JOB_TOKEN: JOB_TOKEN,
      MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN,
      ...extra,
    };
    const out = mkdtempSync(join(this.cwd, "out-"));
    const run = await this.#cli(
      ["land", "--out", out, "--wait", "0", ...args],
      env,
      started,
    );
    const read = (path: string) => readFileSync(join(out, path), "utf8");
    return {
      ...run,
      get document() {
        return JSON.parse(read("land.json")) as LandDocument;
      },
      report: (name) => read(`report/${name}`),
    };
  }

  async command(
    args: string[],
    env: Record<string, string> = {},
  ): Promise<CommandRun> {
    return this.#cli(args, { ...this.#env, ...env });
  }

  #cli(
    args: string[],
    env: Record<string, string>,
    started?: (child: ChildProcess) => void,
  ): Promise<CommandRun> {
    mkdirSync(this.cwd, { recursive: true });
    return command([...args, "--store", this.#store], {
      cwd: this.cwd,
      env,
      ...(started && { started }),
    });
  }
}
