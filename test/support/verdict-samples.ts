import { STRICT } from "../../src/config/policy.ts";
import { toMessage } from "../../src/text/message.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import {
  emptyReport,
  type OutputReport,
} from "../../src/validate/output-report.ts";
import type { Verdict } from "../../src/validate/verdict.ts";
import { summaryModel } from "./report-samples.ts";

export function sampleOutput(change: Partial<OutputReport> = {}): OutputReport {
  return {
    ...emptyReport("dets", "float32", [1, 100, 5]),
    values: 2500,
    cases: 5,
    channels: 1,
    max_abs: 3.1e-5,
    range: [0, 640],
    range_relative: 4.8e-8,
    sqnr_db: 141.2,
    cosine: 1,
    noise: 2.4e-5,
    tolerance: 1.9e-4,
    would_notice: 2e-4,
    worst: {
      case: "real-0",
      index: [0, 3, 2],
      onnx: 412.25003,
      source: 412.25,
    },
    message:
      "output dets equals the source (largest error 3.1e-5; differences above 2e-4 would have been detected)",
    ...change,
  };
}

const BOXES = [
  [22, 60, 84, 128, 0.93, 0],
  [100, 30, 150, 82, 0.81, 1],
  [12, 8, 40, 34, 0.44, 2],
  [90, 90, 150, 140, 0.06, 0],
];

export function sampleVerdict(change: Partial<Verdict> = {}): Verdict {
  return {
    kind: "verdict",
    version: 2,
    name: "detector",
    outcome: "pass",
    reason: "equal",
    answer: summaryModel().answer,
    because: [],
    next: [],
    reproduce: summaryModel().reproduce,
    policy: STRICT,
    checks: [
      {
        check: "file",
        status: "pass",
        message: toMessage("end2end.onnx has 19845120 bytes"),
        details: { size: 19_845_120 },
      },
      {
        check: "structure",
        status: "pass",
        message: toMessage(
          "opset 11 of the default domain, no custom operators, nothing that names a machine",
        ),
        details: { opsets: { "": 11 }, operators: { Conv: 412 } },
      },
      {
        check: "load",
        status: "pass",
        message: toMessage("loads in ONNX Runtime 1.30.0 at all levels"),
        details: {},
      },
      {
        check: "contract",
        status: "warn",
        message: toMessage(
          "the axis height is declared dynamic, only 640 was tried",
        ),
        details: {},
      },
      {
        check: "parity",
        status: "pass",
        message: toMessage(
          "output dets equals the source (largest error 3.1e-5; differences above 2e-4 would have been detected), over 5 cases",
        ),
        details: {
          outputs: [
            sampleOutput(),
            sampleOutput({
              name: "labels",
              dtype: "int64",
              shape: [1, 100],
              rule: "exact",
              noise: null,
              tolerance: null,
              would_notice: null,
              sqnr_db: null,
              max_abs: 0,
              worst: null,
              values: 500,
            }),
          ],
          boxes: [{ case: "real-0", source: BOXES, edge: BOXES }],
          cases: [{ name: "real-0", kind: "real" }],
        },
      },
      {
        check: "shapes",
        status: "skip",
        message: toMessage("no axis is symbolic"),
        details: {},
      },
    ],
    ...change,
  };
}

/** A detector that keeps other boxes than its source's own prediction. */
export function sampleBehaviour(): CheckResult {
  return {
    check: "behaviour",
    status: "warn",
    message: toMessage(
      "5 of 7 confident boxes match in the unpatched source model's own prediction, 71.4 %",
    ),
    details: {
      intermediate: [
        sampleOutput({ name: "raw.cls_scores.2", would_notice: 1e-4 }),
      ],
      not_compared: [],
      intermediate_cases: ["real-0"],
      agreement: [
        {
          with: "predict",
          output: "dets",
          what: "boxes",
          agreed: 5,
          total: 7,
          confident: 0.3,
          worst: null,
          cause: null,
          problem: null,
        },
      ],
      boxes: [
        { case: "real-0", source: BOXES.slice(0, 3), edge: BOXES.slice(0, 2) },
      ],
    },
  };
}
