import { renderModelPage } from "../../src/report/model-page.ts";
import type { ReportModel } from "../../src/report/report-model.ts";
import type { SummaryModel } from "../../src/report/summary.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import { reportModel } from "./report-model-sample.ts";
import {
  sampleConversion,
  sampleSummary,
  summaryModel,
} from "./report-samples.ts";
import {
  sampleBehaviour,
  sampleOutput,
  sampleVerdict,
} from "./verdict-samples.ts";
import { renderRunPage } from "./whole-reports.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** A verdict with every kind of part: pictures, both masks, classes, devices, wrong and unproven outputs. */
const VERDICT = sampleVerdict({
  checks: [
    ...sampleVerdict().checks.filter(({ check }) => check !== "parity"),
    sampleBehaviour(),
    {
      check: "parity",
      status: "fail",
      kind: "wrong",
      message: { code: "parity", parts: [{ text: "a box is missing" }] },
      details: {
        outputs: [
          sampleOutput({ status: "fail", kind: "wrong", max_abs: 12 }),
          sampleOutput({ name: "few", status: "fail", kind: "unproven" }),
          sampleOutput({ name: "noted", status: "warn" }),
        ],
        boxes: [
          {
            case: "real-0",
            source: [[22, 60, 84, 128, 0.93, 0]],
            edge: [],
          },
        ],
      },
    } as CheckResult,
    {
      check: "profile",
      status: "skip",
      message: { code: "profile", parts: [{ text: "no device named" }] },
      details: {
        profiles: [
          {
            id: "camera",
            title: "A camera",
            runtime: "TensorRT 8.6",
            problems: ["opset 18"],
            warnings: [],
          },
        ],
      },
    } as unknown as CheckResult,
  ],
});

function model(change: Partial<SummaryModel>, size = 1000): ReportModel {
  const name = change.name ?? "";
  const files = [
    { path: `edge/${name}/end2end.onnx`, sha256: HASH, size },
    { path: `edge/${name}/${"long_".repeat(30)}`, sha256: HASH, size: 1 },
    { path: `evidence/${name}/verdict.json`, sha256: HASH, size: 900 },
  ];
  return reportModel({ summary: summaryModel({ files, ...change }) });
}

const RED = {
  ships: false,
  because: [{ text: "output " }, { code: "dets" }, { text: " differs" }],
  next: [{ text: "try another opset" }],
};

function runPage(models: readonly ReportModel[]): string {
  return renderRunPage({
    docs: "https://git.test/docs",
    summary: sampleSummary({
      models: models.map(({ summary }) => summary),
      notices: ["`radar`: it is stale"],
    }),
    models,
    version: "1.2.3",
  });
}

const WHYS = ["wrong", "unproven", "not-converted", "warning"] as const;

/** One of ten does not ship, or ships with a warning; all others are equal. */
const MANY = Array.from({ length: 500 }, (_, index) => {
  const why = index % 10 === 0 ? (WHYS[(index / 10) % 4] ?? "equal") : "equal";
  const ships = why === "equal" || why === "warning";
  return model({ name: `m-${index}`, why, ...(ships ? {} : RED), ships });
});

/** Pages for a reader: of a model, of a run with all kinds of answers, and of 500 models. */
export const READER_PAGES = {
  model: renderModelPage({
    ...reportModel(),
    verdict: VERDICT,
    conversion: sampleConversion({ why: "wrong", ships: false }),
  }),
  run: runPage([
    model({ name: "lidar" }, 9000),
    {
      ...model({ name: "camera", why: "wrong", ...RED }, 300),
      verdict: VERDICT,
    },
    model({ name: "depth", why: "unproven", ...RED }, 20),
    model({ name: "radar", status: "unchanged" }, 4000),
  ]),
  many: runPage(MANY),
};
