import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeWhole } from "../document.ts";
import { AppError } from "../errors.ts";
import { renderErrorJunit } from "../report/error-junit.ts";
import { renderErrorNote } from "../report/error-note.ts";

/** Reports of a job that ended early, so that its artifacts are its own. What cannot be written hides no other error. */
export async function writeErrorReports(
  ctx: Pick<Context, "docs" | "environment" | "log" | "version">,
  out: string,
  error: AppError,
): Promise<void> {
  const { mask } = ctx.environment;
  const { code } = error;
  const shown = {
    code,
    message: mask(error.message),
    hint: error.hint && mask(error.hint),
  };
  const links = { job: ctx.environment.ci.jobUrl, docs: ctx.docs };

  try {
    await writeWhole(join(out, "report/junit.xml"), renderErrorJunit(shown));
    await writeWhole(
      join(out, "report/note.md"),
      renderErrorNote(shown, links, ctx.version),
    );
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem;
    ctx.log.warn(`no reports of this failure: ${problem.message}`);
  }
}
