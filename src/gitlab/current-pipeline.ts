import type { Context } from "../context.ts";
import { type GitContext, headOf } from "./git.ts";
import { type Pipeline, readPipeline } from "./pipeline.ts";

/** The pipeline of this very process. Only outside CI is Git asked which branch is checked out: that takes two processes. */
export async function currentPipeline(
  ctx: Pick<Context, "environment"> & GitContext,
  modelBranch: string | null,
): Promise<Pipeline> {
  const { ci } = ctx.environment;
  const local = ci.inCi ? null : await headOf(ctx);

  return readPipeline(ci, { modelBranch, local });
}

/** The same where a merge request hears of the run; null outside CI, where nobody is asked, and in other pipelines. */
export async function requestPipeline(
  ctx: Pick<Context, "environment"> & GitContext,
  modelBranch: string | null,
): Promise<Pipeline | null> {
  if (!ctx.environment.ci.inCi) return null;
  const pipeline = await currentPipeline(ctx, modelBranch);

  return pipeline.source.merge_request === null ? null : pipeline;
}
