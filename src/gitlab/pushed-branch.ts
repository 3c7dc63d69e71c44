import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { ExternalError, UsageError } from "../errors.ts";
import { mapBranchName } from "./branch-name.ts";
import type { ProjectClient } from "./client.ts";
import { type GitContext, gitLines, remoteBranches } from "./git.ts";
import { GitlabError } from "./gitlab-error.ts";

/**
 * Git branches of the project that have this data branch; most have one, a name with a hash is found by no other way.
 * Throws `UsageError` where neither Git nor GitLab can say which there are.
 */
export async function gitBranchesOf(
  ctx: GitContext,
  client: Pick<ProjectClient, "branches"> | null,
  dataBranch: string,
): Promise<string[]> {
  const all = (await remoteBranches(ctx)) ?? (await branchesBy(client));

  return all.filter((name) => mapBranchName(name) === dataBranch);
}

async function branchesBy(
  client: Pick<ProjectClient, "branches"> | null,
): Promise<string[]> {
  let cause: unknown;
  try {
    if (client) return (await client.branches()).flatMap(nameOf);
  } catch (error) {
    if (!(error instanceof GitlabError)) throw error;
    cause = error;
  }

  throw new UsageError("the Git branches of origin cannot be listed", {
    code: "git-missing",
    hint: "give the job a clone (GIT_STRATEGY is not none) with access to its remote origin, or the token for the note",
    cause,
  });
}

function nameOf(answer: unknown): string[] {
  const { name } = (answer ?? {}) as { name?: unknown };
  return typeof name === "string" ? [name] : [];
}

/**
 * Checks out the newest commit of a Git branch, so that settings and code are its own. Returns that commit; null where
 * this is no clone at all. Throws `ExternalError` where `origin` does not give it.
 */
export async function checkOutBranch(
  ctx: GitContext & Pick<Context, "environment">,
  branch: string,
): Promise<string | null> {
  const folder = ctx.environment.ci.projectFolder ?? ctx.cwd;
  if (!existsSync(join(folder, ".git")) && !existsSync(join(ctx.cwd, ".git")))
    return null;

  const ref = `refs/heads/${branch}`;
  const fetched = await gitLines(
    ctx,
    ...["fetch", "--quiet", "--no-tags", "--depth=1", "origin", ref],
  );
  const checkedOut =
    fetched &&
    (await gitLines(ctx, "checkout", "--quiet", "--detach", "FETCH_HEAD"));
  const [sha] =
    (checkedOut && (await gitLines(ctx, "rev-parse", "HEAD"))) ?? [];
  if (sha !== undefined) return sha;

  throw new ExternalError(
    `origin does not give the newest commit of the Git branch ${branch}`,
    {
      code: "git-missing",
      hint: "give the job a clone with access to its remote origin; files that the job changed in it are in the way of a checkout",
    },
  );
}

/** The newest open merge request of a Git branch of this project; null where there is none. Throws what GitLab answers. */
export async function openRequestOf(
  client: Pick<ProjectClient, "openFrom">,
  projectId: string,
  branch: string,
): Promise<{ iid: number; url: string | null } | null> {
  const found = (await client.openFrom(branch)).flatMap((answer) => {
    const request = (answer ?? {}) as Record<string, unknown>;
    const { iid, web_url, source_project_id, state } = request;
    const isOwn = String(source_project_id) === projectId;
    if (typeof iid !== "number" || !isOwn || state !== "opened") return [];
    if (request.source_branch !== branch) return [];

    return [{ iid, url: typeof web_url === "string" ? web_url : null }];
  });

  return found.sort((a, b) => b.iid - a.iid)[0] ?? null;
}
