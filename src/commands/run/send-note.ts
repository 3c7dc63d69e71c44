import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import type { AppError } from "../../errors.ts";
import { foreseen } from "../../foreseen.ts";
import { requestPipeline } from "../../gitlab/current-pipeline.ts";
import type { NoteOutcome } from "../../gitlab/note.ts";
import type { NoteFacts } from "../../gitlab/note-marker.ts";
import { renderErrorNote } from "../../report/error-note.ts";
import { headlineOf } from "../../report/headline.ts";
import { renderHistory } from "../../report/note-history.ts";
import type { Summary } from "../../report/summary.ts";
import { plain } from "../../text/message.ts";
import type { WrittenReports } from "./write-reports.ts";

/** The note on the merge request; whatever GitLab answers, the run's exit code stays. */
export async function sendNote(
  ctx: Context,
  settings: Settings,
  summary: Summary,
  report: WrittenReports,
): Promise<void> {
  const { branch, commit } = summary.store;
  const { tone, parts } = headlineOf(summary);
  // Most merge requests of a large repository touch no model: they are left in peace.
  const isNothing =
    summary.models.length === 0 && summary.publication.status === "none";

  const status = await send(ctx, settings, {
    body: report.note,
    facts: { kind: "run", branch, commit, outcome: noteOutcome(summary) },
    says: plain(parts),
    isGreen: tone === "pass" || tone === "none",
    isNothing,
  });

  if (status === "older" && summary.publication.status === "published")
    ctx.log.warn(
      "a newer pipeline ran before this one, and what this one published may have replaced its result: run the newer pipeline's job again",
      "branches.md",
    );
}

/** Does a step; where it stops early in a foreseen way, the note says so before the error goes on. */
export async function notingErrors(
  ctx: Context,
  settings: Settings,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    const told = ctx.signal.aborted ? null : foreseen(error);
    if (told) await sendErrorNote(ctx, settings, told);
    throw error;
  }
}

/** A run that stops early says so: no older green note may stay as if it still held. */
async function sendErrorNote(
  ctx: Context,
  settings: Settings,
  error: AppError,
): Promise<void> {
  const links = { job: ctx.environment.ci.jobUrl, docs: ctx.docs };

  await send(ctx, settings, {
    body: renderErrorNote(error, links, ctx.version),
    facts: { kind: "run", branch: null, commit: null, outcome: "not-checked" },
    says: `could not be checked: ${error.message}`,
    isGreen: false,
    isNothing: false,
  });
}

/** What became of the run, in one word. */
function noteOutcome({ models, publication }: Summary): string {
  if (models.some(({ ships }) => !ships)) return "may-not-ship";
  return publication.status;
}

interface NoteText {
  /** Markdown. */
  body: string;
  facts: NoteFacts;
  /** The answer in one plain line. */
  says: string;
  isGreen: boolean;
  /** Nobody needs a note, unless an older one is there that no longer holds. */
  isNothing: boolean;
}

/** Answers what became of it; null where no merge request hears of the run. */
async function send(
  ctx: Context,
  settings: Settings,
  { isGreen, isNothing, ...text }: NoteText,
): Promise<NoteOutcome["status"] | null> {
  const pipeline = await requestPipeline(ctx, settings.modelBranch);
  if (pipeline === null) return null;
  if (settings.note === "off") {
    ctx.log.info("note on the merge request: switched off");
    return null;
  }

  const { postNote } = await import("../../gitlab/note.ts");
  // The jobs of a fleet have one note; any other job its own.
  const { environment } = ctx;
  const own = environment.option("note-name") ?? environment.option("job-name");
  const key = `${own ?? ""}${settings.store}`;
  const { line, status } = await postNote(ctx, {
    pipeline,
    tokenVariable: settings.tokenVariable,
    key,
    ...text,
    mode: {
      keepsEarlier: settings.note === "new",
      onlyEdits: isNothing || (isGreen && settings.note === "quiet"),
    },
    renderHistory,
  });

  ctx.log.info(`note on the merge request: ${line}`);

  return status;
}
