import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeWhole } from "../document.ts";
import { AppError } from "../errors.ts";
import { renderErrorJunit } from "../report/error-junit.ts";
import { renderErrorNote } from "../report/error-note.ts";

/** Reports of a job that ended early, so that its artifacts are its own. What cannot be written hides no other error. */
export async function writeErrorReports(
  ctx: Pick<Context, "environment" | "log" | "version">,
  out: string,
  { message, hint }: AppError,
): Promise<void> {
  const failure = hint === undefined ? { message } : { message, hint };
  const job = ctx.environment.ci.jobUrl;

  try {
    await writeWhole(join(out, "report/junit.xml"), renderErrorJunit(failure));
    await writeWhole(
      join(out, "report/note.md"),
      renderErrorNote(failure, { job }, ctx.version),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn(`no reports of this failure: ${error.message}`);
  }
}
