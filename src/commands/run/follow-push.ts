import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import { mapBranchName } from "../../gitlab/branch-name.ts";
import type { ProjectClient } from "../../gitlab/client.ts";
import { GitlabError } from "../../gitlab/gitlab-error.ts";
import { projectClient } from "../../gitlab/merged-requests.ts";
import {
  checkOutBranch,
  gitBranchesOf,
  openRequestOf,
} from "../../gitlab/pushed-branch.ts";
import {
  type PushEvent,
  readTriggerPayload,
} from "../../gitlab/trigger-payload.ts";
import type { Store } from "../../store/store.ts";
import { pushToFollow } from "./push-to-follow.ts";

/** Who converts, and with which settings. */
export interface Followed {
  ctx: Context;
  settings: Settings;
}

/**
 * A pipeline that a push to the store started (source `trigger`) does the work of the Git branch that the data branch
 * belongs to, with its files and on its open merge request. Others go on as they are. Null, with one line why, where
 * there is nothing to do. Throws `UsageError` for a payload that is none, or of another store.
 */
export async function followPush(
  ctx: Context,
  settings: Settings,
  store: Store,
): Promise<Followed | null> {
  const { ci } = ctx.environment;
  if (ci.source !== "trigger") return { ctx, settings };

  const event =
    ci.triggerPayload === null
      ? null
      : await readTriggerPayload(ci.triggerPayload);
  const named = event?.branch ?? settings.modelBranch;
  const startsOnPush = ctx.environment.option("start-on") === "trigger";
  if (named === null) {
    if (!startsOnPush) return { ctx, settings };
    ctx.log.info("nothing to do: no push to the store started this pipeline");
    return null;
  }

  if (event !== null && !(await isToDo(ctx, store, event))) return null;

  const own = { ...settings, modelBranch: null };
  if (ci.branch !== null && mapBranchName(ci.branch) === named)
    return { ctx, settings: own };

  // Somebody who starts pipelines with the variable alone, by rules of his own, names a branch of the store.
  if (event === null && !startsOnPush) return { ctx, settings };

  const client = await clientOf(ctx, settings.tokenVariable);
  const gitBranch = await gitBranchOf(ctx, client, named);
  if (gitBranch === null) return null;

  return { ctx: await asPipelineOf(ctx, client, gitBranch), settings: own };
}

/** Says why not. */
async function isToDo(
  ctx: Context,
  store: Store,
  event: PushEvent,
): Promise<boolean> {
  const reason = await pushToFollow(ctx, store, event);
  if (reason !== null) ctx.log.info(`nothing to do: ${reason}`);
  return reason === null;
}

async function clientOf(
  ctx: Context,
  tokenVariable: string,
): Promise<ProjectClient | null> {
  const { apiUrl, projectId, jobToken } = ctx.environment.ci;
  const hasToken = ctx.environment.named(tokenVariable) ?? jobToken;
  if (!apiUrl || !projectId || !hasToken) return null;

  return projectClient(ctx, { apiUrl, projectId }, tokenVariable);
}

/** Null, with one line, where the data branch is nobody's. */
async function gitBranchOf(
  ctx: Context,
  client: ProjectClient | null,
  dataBranch: string,
): Promise<string | null> {
  const [found, ...others] = await gitBranchesOf(ctx, client, dataBranch);
  if (found === undefined) {
    ctx.log.info(
      `nothing to do: no Git branch belongs to the data branch ${dataBranch}`,
    );
    return null;
  }
  if (others.length === 0) return found;

  throw new UsageError(
    `the Git branches ${[found, ...others].join(" and ")} share the data branch ${dataBranch}`,
    {
      code: "branch-shared",
      hint: "rename one of the Git branches: a push to the data branch belongs to both",
    },
  );
}

/** The Context of a branch pipeline of that Git branch, with its files checked out. */
async function asPipelineOf(
  ctx: Context,
  client: ProjectClient | null,
  branch: string,
): Promise<Context> {
  const { ci } = ctx.environment;
  const sha = await checkOutBranch(ctx, branch);
  if (sha === null)
    ctx.log.warn(
      `this folder is not a Git clone: its files are used, not those of the Git branch ${branch}`,
    );
  const openMergeRequest = await requestOf(ctx, client, branch);

  const request = openMergeRequest
    ? `, merge request !${openMergeRequest.iid}`
    : "";
  ctx.log.info(
    `a push to the store started this pipeline: Git branch ${branch}${sha ? ` at ${sha.slice(0, 8)}` : ""}${request}`,
  );

  return {
    ...ctx,
    environment: {
      ...ctx.environment,
      ci: {
        ...{ ...ci, branch, openMergeRequest, requestsElsewhere: false },
        ...(sha === null ? {} : { sha, commit: sha, commitBefore: null }),
      },
    },
  };
}

/** Without an answer there is no note; the models are converted all the same. */
async function requestOf(
  ctx: Context,
  client: ProjectClient | null,
  branch: string,
): Promise<Context["environment"]["ci"]["openMergeRequest"]> {
  const projectId = ctx.environment.ci.projectId;
  if (!client || !projectId) {
    ctx.log.warn("no note: GitLab cannot be asked for the merge request");
    return null;
  }

  try {
    const found = await openRequestOf(client, projectId, branch);
    return found && { ...found, projectId: Number(projectId) };
  } catch (error) {
    if (!(error instanceof GitlabError)) throw error;
    ctx.log.warn(
      `no note: GitLab does not say which merge request is open: ${error.message}`,
    );
    return null;
  }
}
