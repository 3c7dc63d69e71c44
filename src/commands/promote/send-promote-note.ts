import type { Context } from "../../context.ts";
import type { Pipeline } from "../../gitlab/pipeline.ts";
import type { Promotion } from "../../registry/promotion.ts";
import { promotionSays } from "../../report/promote-note.ts";
import type { PromoteJob } from "./promote-release.ts";

/**
 * The note on the merge request that brought the model, one for each model and registry; whatever GitLab answers, the exit
 * code stays.
 */
export async function sendPromoteNote(
  ctx: Context,
  { settings }: Pick<PromoteJob, "settings">,
  promotion: Promotion,
  body: string,
): Promise<void> {
  const { ci } = ctx.environment;
  const { merge_request: request, status, source } = promotion;
  if (!ci.inCi || status === "planned" || settings.note === "off") return;
  if (request === null)
    return ctx.log.info(
      `no note: the store does not tell which merge request brought ${source.model}`,
    );

  const { readPipeline } = await import("../../gitlab/pipeline.ts");
  const pipeline = readPipeline(ci, { modelBranch: source.branch });
  const merged: Pipeline = {
    ...pipeline,
    source: {
      ...pipeline.source,
      merge_request: { project_id: ci.projectId ?? "", ...request },
    },
    note: { allowed: true, reason: null },
  };

  const { postNote } = await import("../../gitlab/note.ts");
  const { registry, algorithm, name, release } = promotion;
  const { line } = await postNote(ctx, {
    ...{ pipeline: merged, tokenVariable: settings.tokenVariable, body },
    key: `promote:${source.store}:${registry}:${algorithm}/${name}`,
    says: promotionSays(promotion),
    mode: { keepsEarlier: false, onlyEdits: false },
    renderHistory: () => "",
    facts: {
      kind: "promotion",
      branch: source.branch,
      commit: source.commit,
      outcome: release,
    },
  });

  ctx.log.info(`note on !${request.iid}: ${line}`);
}
