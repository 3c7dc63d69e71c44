import type { ReportModel } from "../../src/report/report-model.ts";
import { sampleConversion, summaryModel } from "./report-samples.ts";
import { samplePng } from "./sample-png.ts";
import { sampleVerdict } from "./verdict-samples.ts";

/** All that is known of a detector that ships. */
export function reportModel(change: Partial<ReportModel> = {}): ReportModel {
  return {
    summary: summaryModel(),
    conversion: sampleConversion(),
    verdict: sampleVerdict(),
    previews: [{ case: "real-0", png: samplePng(160, 160) }],
    classes: ["car", "person", "sign"],
    ...change,
  };
}
