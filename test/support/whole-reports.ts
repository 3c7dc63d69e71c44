import { junitPieces } from "../../src/report/junit.ts";
import type { ReportModel } from "../../src/report/report-model.ts";
import { type RunPage, runPagePieces } from "../../src/report/run-page.ts";

/** The page of a run as one text. */
export function renderRunPage(page: RunPage): string {
  return [...runPagePieces(page)].join("");
}

/** The JUnit report as one text. */
export function renderJunit(
  models: readonly ReportModel[],
  docs: string,
): string {
  return [...junitPieces(models, docs)].join("");
}
