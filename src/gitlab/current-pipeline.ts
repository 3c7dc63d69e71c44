import type { Context } from "../context.ts";
import { localGit } from "./local-git.ts";
import { type Pipeline, readPipeline } from "./pipeline.ts";
import { readVariables } from "./variables.ts";

/** The pipeline of this very process. Only outside CI is Git asked which branch is checked out: that takes two processes. */
export async function currentPipeline(
  ctx: Pick<Context, "env" | "cwd" | "now" | "signal">,
  modelBranch: string | null,
): Promise<Pipeline> {
  const local = readVariables(ctx.env).inCi ? null : await localGit(ctx);
  return readPipeline(ctx.env, { modelBranch, local });
}
