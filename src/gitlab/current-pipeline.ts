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
