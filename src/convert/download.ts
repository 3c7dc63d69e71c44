import { join } from "node:path";
import type { Context } from "../context.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { AppError } from "../errors.ts";
import { branchPaths } from "../model/layout.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { closedFingerprint } from "../plan/unchanged.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import { type Conversion, decisionOf } from "./conversion.ts";
import {
  decideAfterDownload,
  type FetchedInputs,
  fetchInputs,
} from "./fetch-inputs.ts";
import { engineOf, type Progress, type Workplace } from "./progress.ts";

/** Where the model's own files lie for the engine. */
export function sourceFolder({ work }: Pick<Workplace, "work">): string {
  return join(work, "model");
}

/** The model's files, with their sha256: only now can it be told for sure whether anything changed. */
export async function download(
  place: Workplace,
  progress: Progress,
): Promise<Progress> {
  const { step } = place;
  const { model: planned, conversion, ...rest } = progress;
  // Its inputs are those of the manifest, by their tokens.
  if (planned.decision === "recheck") return progress;

  const engine = engineOf(step, planned);
  const { inputs, files } = await fetchWhereRoom(place, planned);

  const fingerprint = closedFingerprint(
    { ...planned, files },
    engine.recipe,
    step.image,
    CHECKS_VERSION,
  );
  if (!fingerprint) throw new Error("a downloaded file has no sha256");

  const known = { ...planned, files, fingerprint };
  const { model_path, edge_path } = step.plan.store;
  const paths = branchPaths(model_path, edge_path);
  const decision = step.plan.force
    ? "convert"
    : await decideAfterDownload(step.snapshot, known, paths);

  const after: Progress = {
    ...rest,
    model: { ...known, decision },
    conversion: { ...conversion, inputs, fingerprint },
  };

  if (decision === "unchanged") return unchanged(step, after);
  return decision === "convert" && !step.plan.force
    ? takeOver(place.ctx, step, after)
    : after;
}

/** What a lost job converted from the same files with the same engine is fetched and checked, and no engine runs. */
async function takeOver(
  ctx: Pick<Context, "log">,
  { left }: Pick<Workplace["step"], "left">,
  progress: Progress,
): Promise<Progress> {
  const found = await left?.find(progress.model);
  if (!found) return progress;

  ctx.log.info(
    `${progress.model.name}: an earlier job converted the same files and did not publish the result (draft ${found.draft}): it is checked again, not converted again`,
  );

  return {
    ...progress,
    model: { ...progress.model, decision: "recheck" },
    left: found,
  };
}

/** Where the disk is full of what other models need, too, once more when they are done. */
async function fetchWhereRoom(
  place: Workplace,
  planned: PlannedModel,
): Promise<FetchedInputs> {
  const { ctx, step, turn } = place;
  const folder = sourceFolder(place);
  const fetch = () => fetchInputs(ctx, step.snapshot, planned, folder);

  try {
    return await fetch();
  } catch (error) {
    const isFull = error instanceof AppError && error.code === "disk-full";
    if (!isFull) throw error;

    await removeTree(folder);
    if (!(await turn.engine(ctx.signal))) throw error;

    return await fetch();
  }
}

/** The published verdict holds. */
function unchanged({ plan }: Workplace["step"], progress: Progress): Progress {
  const found = progress.model.published?.verdict ?? null;
  const conversion: Conversion = {
    ...progress.conversion,
    ...decisionOf(progress.model, plan, { found, failure: null }),
    status: "unchanged",
  };

  return { ...progress, conversion, ended: true };
}
