import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import type { Pipeline } from "../../gitlab/pipeline.ts";
import type { Source } from "../../gitlab/source.ts";
import { type LandReport, landNote } from "./write-land-reports.ts";

/** A note on each merged request that has a data branch; whatever GitLab answers, the exit code stays. */
export async function sendLandNotes(
  ctx: Context,
  report: Omit<LandReport, "out"> & { settings: Settings },
): Promise<void> {
  const { document, pipeline, settings } = report;
  const { postNote } = await import("../../gitlab/note.ts");
  const key = `${ctx.environment.option("job-name") ?? ""}land:${settings.store}`;
  const projectId = ctx.environment.ci.projectId ?? "";

  for (const request of document.requests.filter(
    ({ status }) => status !== "nothing",
  )) {
    const { iid, url } = request;
    const source: Source = {
      ...pipeline.source,
      merge_request: { project_id: projectId, iid, url },
    };

    const merged: Pipeline = {
      ...pipeline,
      source,
      note: { allowed: true, reason: null },
    };

    const body = landNote(ctx, report, request);
    const { line } = await postNote(ctx, {
      pipeline: merged,
      tokenVariable: settings.tokenVariable,
      body,
      key,
      says: request.status,
      mode: { keepsEarlier: false, onlyEdits: false },
      renderHistory: () => "",
      facts: {
        kind: "land",
        branch: request.data_branch,
        commit: request.commit,
        outcome: request.status,
      },
    });

    ctx.log.info(`note on !${iid}: ${line}`);
  }
}
