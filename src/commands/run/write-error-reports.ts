import { join } from "node:path";
import type { Context } from "../../context.ts";
import { writeWhole } from "../../document/document.ts";
import { AppError } from "../../errors.ts";
import { foreseen } from "../../foreseen.ts";
import { renderErrorJunit } from "../../report/error-junit.ts";
import { renderErrorNote } from "../../report/error-note.ts";
import { errorPage } from "../../text/docs-address.ts";

/**
 * Reports of a job that ended early, so that its artifacts are its own; none of a bug. What cannot be written hides no
 * other error.
 */
export async function writeErrorReports(
  ctx: Pick<Context, "docs" | "environment" | "log" | "version">,
  out: string,
  thrown: unknown,
): Promise<void> {
  const error = foreseen(thrown);
  if (error === null) return;

  const { mask } = ctx.environment;
  const { code } = error;
  const shown = {
    code,
    message: mask(error.message),
    hint: error.hint && mask(error.hint),
    stands: error.stands && mask(error.stands),
  };
  const links = { job: ctx.environment.ci.jobUrl, docs: ctx.docs };

  try {
    await writeWhole(
      join(out, "report/junit.xml"),
      renderErrorJunit({ ...shown, page: `${ctx.docs}/${errorPage(code)}` }),
    );
    await writeWhole(
      join(out, "report/note.md"),
      renderErrorNote(shown, links, ctx.version),
    );
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem;
    ctx.log.warn(
      `the reports of this failure could not be written: ${problem.message}`,
      errorPage(problem.code),
    );
  }
}
