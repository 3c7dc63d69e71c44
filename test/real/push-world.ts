import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionFindings } from "../../src/commands/doctor/action-finding.ts";
import type { Context } from "../../src/context.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { commandInside } from "../support/command-inside.ts";
import type { CommandRun } from "../support/command-line.ts";
import {
  type FakeProject,
  PROJECT_TOKEN,
  startFakeProject,
} from "../support/fake-project.ts";
import { type GitCheckout, gitCheckout } from "../support/git-checkout.ts";
import type { LakefsServer } from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import {
  startTriggerStandIn,
  type Trigger,
  type TriggerStandIn,
} from "../support/trigger-stand-in.ts";
import { DataBranch } from "./data-branch.ts";

/** Few checks: what is looked at here is who converts what, and when. */
const CHEAP = `version: 1
defaults:
  validate:
    off: [performance, metamorphic, shapes, extremes, behaviour]
`;

/** A project in GitLab, its Git repository, and its lakeFS repository, whose pushes start pipelines. */
export class PushWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  readonly #origin = join(this.folder, "origin.git");
  readonly git: GitCheckout;
  gitlab!: TriggerStandIn;
  project!: FakeProject;
  server!: LakefsServer;
  repository = "";
  main!: DataBranch;
  #jobs = 0;

  constructor() {
    const clone = join(this.folder, "clone");
    mkdirSync(clone);
    execFileSync("git", ["init", "-q", "--bare", this.#origin]);
    this.git = gitCheckout(clone);
    this.git.git("remote", "add", "origin", this.#origin);
    this.git.write("conversion.yaml", CHEAP);
    this.git.commit();
    this.git.git("push", "-q", "origin", "main");
  }

  /** The servers that a suite keeps. */
  async start(): Promise<void> {
    this.gitlab = await startTriggerStandIn();
    this.project = await startFakeProject();
  }

  /** A lakeFS repository of its own, with nothing on `main`. */
  async fresh(server: LakefsServer): Promise<void> {
    this.server = server;
    this.repository = await server.repository();
    this.main = new DataBranch(server, this.repository, "main");
    this.gitlab.refuses = null;
    for (const list of [
      ...[this.gitlab.triggers, this.gitlab.pipelines],
      ...[this.project.requests, this.project.notes],
    ])
      list.length = 0;
  }

  async stop(): Promise<void> {
    await this.gitlab?.close();
    await this.project?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A Git branch with a file of its own, pushed, with an open merge request. */
  gitBranch(name: string, iid: number | null, config = CHEAP): void {
    this.git.git("switch", "-q", "-C", name, "main");
    this.git.write("conversion.yaml", config);
    this.git.commit();
    this.git.git("push", "-q", "--force", "origin", name);
    this.gitlab.branches.add(name);
    if (iid === null) return;
    this.project.requests.push({
      ...{ iid, state: "opened", source_branch: name, target_branch: "main" },
      ...{ source_project_id: 10, target_project_id: 10, title: name },
      ...{ web_url: `https://git.test/p/-/merge_requests/${iid}` },
      ...{ merged_at: null, sha: "", merge_commit_sha: null },
      squash_commit_sha: null,
    });
  }

  /** A data branch from `main`, with the toy model committed. */
  async push(name: string): Promise<DataBranch> {
    const branch = this.main.onBranch(name);
    await branch.create("main");
    await branch.commit({
      "model/det/model.json": '{"channels":4}',
      "model/det/toy.weights": GOOD_WEIGHTS,
    });
    return branch;
  }

  command(args: string[], env: Record<string, string> = {}) {
    return commandInside(args, {
      cwd: this.folder,
      env: { ...this.server.env, ...env },
    });
  }

  init(...args: string[]): Promise<CommandRun> {
    return this.command([
      ...["init", "--lakefs-action", "--store", `lakefs://${this.repository}`],
      ...["--project", this.gitlab.projectApi, "--quiet", "1s", ...args],
    ]);
  }

  /** What a webhook sends of the newest commit of a branch, with changes. */
  async payload(
    branch: string,
    change: Record<string, unknown> = {},
  ): Promise<Trigger> {
    const sent = {
      ...{ event_type: "post-commit", repository_id: this.repository },
      ...{ branch_id: branch, commit_id: "0".repeat(64) },
      ...change,
    };
    if (change.commit_id === undefined && change.branch_id === undefined)
      sent.commit_id = await this.main.onBranch(branch).head();
    const body = JSON.stringify(sent);

    return { ref: "main", token: "", variables: {}, body };
  }

  /** The line of `doctor` about pushes. */
  async doctor(): Promise<string> {
    const { stdout } = await this.command([
      ...["doctor", "--store", `lakefs://${this.repository}`],
    ]);
    const lines = stdout.split("\n");
    const at = lines.findIndex((line) => / push: /.test(line));
    return lines.slice(at, at + 2).join("\n");
  }

  /** The same, without the rest of that command. */
  finding(): Promise<string> {
    return this.#withStore(async (store, context) => {
      const [finding] = await actionFindings(context, store);
      return `${finding?.state}: ${finding?.says}; fix: ${finding?.fix}`;
    });
  }

  /** What lakeFS keeps of the last run. */
  async output(): Promise<string> {
    return this.#withStore(async ({ actions }) => {
      const run = await actions?.lastRun("model-to-edge");
      return run?.output ?? "";
    });
  }

  async #withStore(
    work: (store: Store, ctx: Pick<Context, "environment">) => Promise<string>,
  ): Promise<string> {
    const environment = readEnvironment(this.server.env);
    const context = storeContext({ environment });
    const url = `lakefs://${this.repository}`;
    const store = await openStore(context, url, { webUrl: null });
    try {
      return await work(store, context);
    } finally {
      await store.close();
    }
  }

  /** The job of a pipeline that was triggered, with the variables that GitLab gives it, in a clone of its own. */
  async job(
    { ref, variables, body }: Trigger,
    env: Record<string, string> = {},
  ): Promise<CommandRun> {
    const number = ++this.#jobs;
    const folder = join(this.folder, `job-${number}`);
    const git = (...args: string[]) =>
      execFileSync("git", args, { encoding: "utf8" }).trim();
    git(
      "clone",
      "-q",
      "--depth=1",
      "-b",
      ref,
      `file://${this.#origin}`,
      folder,
    );
    git("-C", folder, "checkout", "-q", "--detach");
    const payload = join(this.folder, `payload-${number}`);
    writeFileSync(payload, asGitlabHandsOn(body, ref));

    return commandInside(
      ["run", "--store", `lakefs://${this.repository}`, "--isolation", "none"],
      {
        cwd: folder,
        env: {
          ...this.server.env,
          GITLAB_CI: "true",
          CI_PIPELINE_SOURCE: "trigger",
          CI_COMMIT_BRANCH: ref,
          CI_COMMIT_REF_NAME: ref,
          CI_COMMIT_SHA: git("-C", folder, "rev-parse", "HEAD"),
          CI_DEFAULT_BRANCH: "main",
          CI_PROJECT_DIR: folder,
          CI_PROJECT_ID: "10",
          CI_PROJECT_PATH: "acme/vision",
          CI_PROJECT_URL: "https://git.test/acme/vision",
          CI_API_V4_URL: this.project.api,
          CI_PIPELINE_IID: String(number),
          CI_JOB_NAME: "model-to-edge-convert",
          CI_OPEN_MERGE_REQUESTS: this.project.requests
            .filter(({ source_branch }) => source_branch === ref)
            .map(({ iid }) => `acme/vision!${iid}`)
            .join(","),
          MODEL_TO_EDGE_JOB_NAME: "model-to-edge-convert",
          MODEL_TO_EDGE_START_ON: "trigger",
          MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN,
          TRIGGER_PAYLOAD: payload,
          ...variables,
          ...env,
        },
      },
    );
  }
}

/** Whatever was sent to start a pipeline, and what GitLab adds; never the token. */
function asGitlabHandsOn(body: string, ref: string): string {
  return body
    .replace(/"token":"[^"]*",?/, "")
    .replace(/\}$/, `,"id":"10","ref":${JSON.stringify(ref)}}`)
    .replace("{,", "{");
}
