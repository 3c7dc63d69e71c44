import type { ReportModel } from "../../src/report/report-model.ts";
import type { Contract } from "../../src/validate/contract/contract.ts";
import { sampleConversion, summaryModel } from "./report-samples.ts";
import { samplePng } from "./sample-png.ts";
import { sampleVerdict } from "./verdict-samples.ts";

/** The contract of a detector. */
export function sampleContract(change: Partial<Contract> = {}): Contract {
  return {
    task: "detection",
    model: null,
    opset: 11,
    ir: 6,
    domains: [""],
    min_ort: null,
    precision: "fp32",
    weights: null,
    inputs: [{ name: "input", dtype: "f32", shape: ["batch", 3, 160, 160] }],
    outputs: [
      { name: "dets", dtype: "f32", shape: ["batch", 100, 5] },
      { name: "labels", dtype: "i64", shape: ["batch", 100] },
    ],
    preprocess: [],
    postprocess: [],
    baked: {},
    classes: ["car", "person", "sign"],
    classes_from: null,
    ...change,
  };
}

/** All that is known of a detector that ships. */
export function reportModel(change: Partial<ReportModel> = {}): ReportModel {
  return {
    summary: summaryModel(),
    conversion: sampleConversion(),
    verdict: sampleVerdict(),
    previews: [{ case: "real-0", png: samplePng(160, 160) }],
    contract: sampleContract(),
    performance: null,
    published: null,
    ...change,
  };
}
