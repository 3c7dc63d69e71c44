import type { Context } from "../context.ts";
import type { CiVariables } from "../environment/ci-variables.ts";
import { UsageError } from "../errors.ts";
import { errorPage } from "../text/docs-address.ts";
import type { ProjectClient } from "./client.ts";
import { type GitContext, gitLines } from "./git.ts";
import { GitlabError } from "./gitlab-error.ts";
import type { GitlabPatience } from "./patience.ts";

/** A merge request that was merged, as far as landing needs it. */
export interface MergedRequest {
  iid: number;
  /** The project where notes go. */
  projectId: string;
  url: string | null;
  title: string;
  sourceBranch: string;
  /** The source project where it is another one. */
  fork: number | null;
  mergedAt: string;
}

/** The push that this pipeline belongs to. */
export interface Push {
  apiUrl: string;
  projectId: string;
  /** Git branch that was pushed. */
  branch: string;
  sha: string;
  /** Its head before, or null where it is not known. */
  before: string | null;
}

type Asking = Pick<
  Context,
  "environment" | "cwd" | "fetch" | "now" | "signal" | "log"
>;

const MOST_COMMITS = 300;

/** Reads the push from the pipeline's variables. Throws `UsageError` outside a branch pipeline. */
export function readPush(ci: CiVariables): Push {
  const needed = (name: string, value: string | null): string => {
    if (value) return value;

    throw new UsageError(
      `${name} is not set: landing needs the pipeline of a push to a branch`,
      {
        code: "no-push",
        hint: "run it in a GitLab pipeline of the default branch (template land)",
      },
    );
  };

  return {
    apiUrl: needed("CI_API_V4_URL", ci.apiUrl),
    projectId: needed("CI_PROJECT_ID", ci.projectId),
    branch: needed("CI_COMMIT_BRANCH", ci.branch),
    sha: needed("CI_COMMIT_SHA", ci.commit),
    before: ci.commitBefore,
  };
}

/** The project's API, with the named token where it is set, else with the job's own. */
export async function projectClient(
  ctx: Pick<Context, "environment" | "fetch" | "now" | "signal">,
  { apiUrl, projectId }: Pick<Push, "apiUrl" | "projectId">,
  tokenVariable: string,
  patience?: GitlabPatience,
): Promise<ProjectClient> {
  const own = ctx.environment.named(tokenVariable);
  const job = ctx.environment.ci.jobToken;

  if (!own && !job)
    throw new UsageError(
      `neither ${tokenVariable} nor CI_JOB_TOKEN is set: GitLab cannot be asked what was merged`,
      {
        code: "token-missing",
        hint: "every GitLab job has a CI_JOB_TOKEN; outside a job, set a token with scope read_api",
      },
    );

  const { createProjectClient } = await import("./client.ts");
  const token = own
    ? ({ kind: "token", text: own } as const)
    : ({ kind: "job", text: job ?? "" } as const);

  return createProjectClient(ctx, {
    apiUrl,
    projectId,
    token,
    ...(patience && { patience }),
  });
}

/** Merge requests into the pushed branch that this push merged, in the order in which they were merged. */
export async function findMergedRequests(
  ctx: Asking,
  client: ProjectClient,
  push: Push,
): Promise<MergedRequest[]> {
  const commits = await pushedCommits(ctx, client, push);
  const pushed = new Set(commits.all);
  const found = new Map<number, MergedRequest>();

  for (const sha of commits.mainline)
    for (const answer of await client.mergeRequestsOf(sha)) {
      const request = mergedInto(push, answer, pushed);
      if (request) found.set(request.iid, request);
    }

  return [...found.values()].sort(inOrderOfMerge);
}

/** Requests that were merged in the same second are ordered by their number. */
export function inOrderOfMerge(a: MergedRequest, b: MergedRequest): number {
  if (a.mergedAt === b.mergedAt) return a.iid - b.iid;
  return a.mergedAt < b.mergedAt ? -1 : 1;
}

/** A push may carry several merges. `mainline` is where they show, `all` also what they brought. */
async function pushedCommits(
  ctx: Asking,
  client: ProjectClient,
  { before, sha }: Push,
): Promise<{ mainline: string[]; all: string[] }> {
  if (before === null) return { mainline: [sha], all: [sha] };

  const most = `--max-count=${MOST_COMMITS}`;
  const range = `${before}..${sha}`;
  const [all, mainline] = await Promise.all([
    commits(ctx, most, range),
    commits(ctx, "--first-parent", most, range),
  ]);
  // No clone, a shallow one, or no Git in the image: GitLab knows.
  if (all.includes(sha) && mainline.includes(sha)) return { mainline, all };

  try {
    const ids = (await client.commitsBetween(before, sha)).flatMap(
      (commit) => textOf(commit, "id") ?? [],
    );

    const known = [...new Set([sha, ...ids])].slice(0, MOST_COMMITS);
    return { mainline: known, all: known };
  } catch (error) {
    if (
      !(error instanceof GitlabError) ||
      error.status === 0 ||
      error.status >= 500
    )
      throw error;

    ctx.log.warn(
      `only the newest commit of the push is checked: ${error.message}`,
      errorPage(error.code),
    );

    return { mainline: [sha], all: [sha] };
  }
}

async function commits(ctx: GitContext, ...args: string[]): Promise<string[]> {
  const lines = (await gitLines(ctx, "rev-list", ...args)) ?? [];
  return lines.filter((line) => /^[0-9a-f]{40,64}$/.test(line));
}

/** Null for an answer that is not a merge of this push into this branch. */
function mergedInto(
  push: Push,
  answer: unknown,
  pushed: ReadonlySet<string>,
): MergedRequest | null {
  // The commits of an earlier merge may come along with a later one: they are not what was merged now.
  const marks = ["merge_commit_sha", "squash_commit_sha", "sha"].flatMap(
    (name) => textOf(answer, name) ?? [],
  );
  if (marks.length > 0 && !marks.some((mark) => pushed.has(mark))) return null;

  return mergedRequest(push, answer);
}

/** A merge request as the API tells it; null for an answer that is not one that was merged into this branch. */
export function mergedRequest(
  push: Pick<Push, "branch" | "projectId">,
  answer: unknown,
): MergedRequest | null {
  const get = (name: string) =>
    (answer as Record<string, unknown> | null)?.[name];
  const [iid, target] = [
    get("iid"),
    get("target_project_id") ?? get("project_id") ?? Number(push.projectId),
  ];

  const [sourceBranch, source] = [
    textOf(answer, "source_branch"),
    get("source_project_id"),
  ];
  if (typeof iid !== "number" || sourceBranch === null) return null;
  if (get("state") !== "merged" || get("target_branch") !== push.branch)
    return null;
  if (String(target) !== push.projectId) return null;

  return {
    iid,
    projectId: push.projectId,
    url: textOf(answer, "web_url"),
    title: textOf(answer, "title") ?? "",
    sourceBranch,
    // A deleted fork leaves no number: what cannot be told from a fork must not pass as the project's own branch.
    fork:
      source === undefined || String(source) === push.projectId
        ? null
        : Number(source),
    mergedAt: textOf(answer, "merged_at") ?? "",
  };
}

function textOf(answer: unknown, name: string): string | null {
  const value = (answer as Record<string, unknown> | null)?.[name];
  return typeof value === "string" && value !== "" ? value : null;
}
