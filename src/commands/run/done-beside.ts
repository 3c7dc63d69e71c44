import type { Context } from "../../context.ts";
import { GitlabError } from "../../gitlab/gitlab-error.ts";
import { projectClient } from "../../gitlab/merged-requests.ts";
import { pipelineBeside } from "../../gitlab/request-pipeline.ts";
import { errorPage } from "../../text/docs-address.ts";

/**
 * Does the merge request's own pipeline the work of this branch pipeline? Says so in one line; where GitLab cannot be
 * asked, the work is done here, twice rather than never.
 */
export async function doneBeside(
  ctx: Pick<Context, "environment" | "fetch" | "log" | "now" | "signal">,
  tokenVariable: string,
): Promise<boolean> {
  const { ci } = ctx.environment;
  const { apiUrl, projectId } = ci;
  if (ci.source !== "push" || !ci.openMergeRequest || !apiUrl || !projectId)
    return false;
  if (!ctx.environment.named(tokenVariable)) return false;

  try {
    const push = { apiUrl, projectId };
    const client = await projectClient(ctx, push, tokenVariable);
    const found = await pipelineBeside(client, ci);
    if (!found) return false;

    ctx.log.info(
      `nothing to do: the merge request pipeline does this (${found.url})`,
    );
    return true;
  } catch (error) {
    if (!(error instanceof GitlabError)) throw error;
    ctx.log.warn(
      `GitLab does not report whether the merge request pipeline does this, so this pipeline does it: ${error.message}`,
      errorPage(error.code),
    );
    return false;
  }
}
