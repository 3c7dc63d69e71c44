import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { localGit } from "../gitlab/local-git.ts";
import { readPipeline } from "../gitlab/pipeline.ts";
import type { Summary } from "../report/summary.ts";
import type { WrittenReports } from "./write-reports.ts";

/** The note on the merge request; whatever GitLab answers, the run's exit code stays. */
export async function sendNote(
  ctx: Context,
  settings: Settings,
  summary: Summary,
  { note }: WrittenReports,
): Promise<void> {
  const pipeline = readPipeline(ctx.env, { modelBranch: settings.modelBranch, local: await localGit(ctx) });
  if (!pipeline.inCi || summary.source.merge_request === null) return;
  if (settings.note === "off") return ctx.log.info("note: switched off");
  const { postNote } = await import("../gitlab/note.ts");
  const key = `${ctx.env["MODEL_TO_EDGE_JOB_PREFIX"] ?? ""}${settings.store}`;
  const { line } = await postNote(ctx, { pipeline, tokenVariable: settings.tokenVariable, body: note, key });
  ctx.log.info(`note: ${line}`);
}
