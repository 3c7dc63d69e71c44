import { renderModelPage } from "../../src/report/model-page.ts";
import { reportModel } from "../support/report-model-sample.ts";
import { sampleConversion, sampleSummary } from "../support/report-samples.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";
import { renderRunPage } from "../support/whole-reports.ts";

/** The page of a model, with what a test changes. */
export function modelPage(
  change: Partial<Parameters<typeof renderModelPage>[0]> = {},
): string {
  return renderModelPage({
    ...reportModel(),
    verdict: sampleVerdict(),
    conversion: sampleConversion(),
    ...change,
  });
}

/** The page of a run, with what a test changes. */
export function runPage(
  change: Partial<Parameters<typeof renderRunPage>[0]> = {},
): string {
  return renderRunPage({
    docs: "https://git.test/docs",
    summary: sampleSummary(),
    models: [reportModel()],
    version: "1.2.3",
    ...change,
  });
}

/** What a reader sees of a page, its white space as single spaces. */
export function pageText(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>|<[^>]*>/gs, " ")
    .replace(/\s+/g, " ");
}
