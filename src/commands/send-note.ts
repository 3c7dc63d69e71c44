import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import type { AppError } from "../errors.ts";
import { currentPipeline } from "../gitlab/current-pipeline.ts";
import type { NoteFacts } from "../gitlab/note-marker.ts";
import { renderErrorNote } from "../report/error-note.ts";
import type { Summary } from "../report/summary.ts";
import type { WrittenReports } from "./write-reports.ts";

/** The note on the merge request; whatever GitLab answers, the run's exit code stays. */
export async function sendNote(
  ctx: Context,
  settings: Settings,
  summary: Summary,
  report: WrittenReports,
): Promise<void> {
  // Most merge requests of a large repository touch no model: they are left in peace.
  if (summary.models.length === 0 && summary.publication.status === "none")
    return;
  const { branch, commit } = summary.store;
  const outcome = noteOutcome(summary);

  await send(ctx, settings, report.note, {
    kind: "run",
    branch,
    commit,
    outcome,
  });
}

/** A run that stops early says so: no older green note may stay as if it still held. */
export async function sendErrorNote(
  ctx: Context,
  settings: Settings,
  error: AppError,
): Promise<void> {
  const links = { job: ctx.environment.ci.jobUrl, docs: ctx.docs };

  await send(ctx, settings, renderErrorNote(error, links, ctx.version), {
    kind: "run",
    branch: null,
    commit: null,
    outcome: "not-checked",
  });
}

/** What became of the run, in one word. */
function noteOutcome({ models, publication }: Summary): string {
  if (models.some(({ ships }) => !ships)) return "may-not-ship";
  return publication.status;
}

async function send(
  ctx: Context,
  settings: Settings,
  body: string,
  facts: NoteFacts,
): Promise<void> {
  const pipeline = await currentPipeline(ctx, settings.modelBranch);
  if (!pipeline.inCi || pipeline.source.merge_request === null) return;
  if (settings.note === "off")
    return ctx.log.info("note on the merge request: switched off");

  const { postNote } = await import("../gitlab/note.ts");
  const key = `${ctx.environment.option("job-name") ?? ""}${settings.store}`;
  const { line } = await postNote(ctx, {
    pipeline,
    tokenVariable: settings.tokenVariable,
    body,
    key,
    facts,
  });

  ctx.log.info(`note on the merge request: ${line}`);
}
