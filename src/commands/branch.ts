import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { localGit } from "../gitlab/local-git.ts";
import { readPipeline } from "../gitlab/pipeline.ts";
import type { Edge } from "./program.ts";

/** Prints the name alone, so that it can stand inside `$(…)`. */
export async function branch(ctx: Context, edge: Edge, ref: string | undefined): Promise<void> {
  if (ref !== undefined) return edge.print(`${mapBranchName(ref)}\n`);
  const modelBranch = ctx.env["MODEL_TO_EDGE_MODEL_BRANCH"] || null;
  const pipeline = readPipeline(ctx.env, { modelBranch, local: await localGit(ctx) });
  if (pipeline.branch === null)
    throw new UsageError(pipeline.reason ?? "no branch of the store belongs to this Git ref", {
      hint: "name the Git branch: model-to-edge branch feature/x",
    });
  edge.print(`${pipeline.branch}\n`);
}
