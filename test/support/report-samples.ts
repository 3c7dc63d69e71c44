import { deflateSync } from "node:zlib";
import { STRICT } from "../../src/config/policy.ts";
import type { Conversion } from "../../src/convert/conversion.ts";
import { code, sentence, toMessage } from "../../src/message.ts";
import type { ReportModel } from "../../src/report/report-model.ts";
import type { Summary, SummaryModel } from "../../src/report/summary.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import {
  emptyReport,
  type OutputReport,
} from "../../src/validate/output-report.ts";
import type { Verdict } from "../../src/validate/verdict.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

export function summaryModel(change: Partial<SummaryModel> = {}): SummaryModel {
  return {
    name: "detector",
    engine: "mmdeploy",
    status: "converted",
    verdict: "pass",
    ships: true,
    why: "equal",
    exceptions: [],
    sentence:
      "On ONNX Runtime CPU it computes what its source computes; differences above 0.0000305 in dets would have been detected.",
    answer: sentence`on ONNX Runtime CPU it computes what its source computes; differences above 0.0000305 in ${code("dets")} would have been detected`,
    because: [],
    next: [],
    reproduce:
      "model-to-edge validate edge/detector/ --evidence evidence/detector/",
    spec_fp: HASH,
    exec_fp: HASH,
    files: [
      { path: "edge/detector/deploy.json", sha256: HASH, size: 1312 },
      { path: "edge/detector/end2end.onnx", sha256: HASH, size: 19_845_120 },
      {
        path: "evidence/detector/references.safetensors",
        sha256: HASH,
        size: 8_123_904,
      },
    ],
    reasons: [],
    performance:
      "p50 12.3 ms, p95 13.1 ms, first run 20 ms, load 95 ms, 210 MB of memory, file 19.8 MB",
    isolation: "bubblewrap",
    timings: {
      download: 0.412,
      engine: 38.2,
      "engine.export": 21.1,
      validate: 4.13,
      stage: 0.9,
    },
    ...change,
  };
}

export function sampleSummary(change: Partial<Summary> = {}): Summary {
  return {
    version: 2,
    source: {
      kind: "merge_request",
      git_ref: "feature/foo",
      git_sha: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
      merge_request: 7,
      pipeline_url: "https://git.test/acme/vision/-/pipelines/900",
      job_url: "https://git.test/acme/vision/-/jobs/5001",
    },
    store: { url: "lakefs://vision", branch: "feature--foo", commit: HASH },
    models: [summaryModel()],
    publication: {
      status: "published",
      commit:
        "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce",
      url: "https://lakefs.test/repositories/vision/objects?ref=4e07408562be&path=edge/",
      reason: null,
      fetch:
        "lakectl fs download --recursive lakefs://vision/4e07408562be/edge/ edge/",
    },
    notices: [],
    exit_code: 0,
    ...change,
  };
}

export function sampleConversion(change: Partial<Conversion> = {}): Conversion {
  return {
    kind: "conversion",
    version: 2,
    name: "detector",
    engine: "mmdeploy",
    status: "converted",
    fingerprint: { spec: HASH, exec: HASH, verdict: HASH },
    inputs: [
      {
        path: "model/detector/config.py",
        size: 14_210,
        token: "t1",
        sha256: HASH,
      },
      {
        path: "model/detector/epoch_12.pth",
        size: 40_112_004,
        token: "t2",
        sha256: HASH,
      },
    ],
    files: [],
    staged: [],
    environment: {
      python: "3.11.2",
      device: "cpu",
      packages: {
        torch: "2.1.2",
        mmdeploy: "1.3.1",
        mmdet: "3.3.0",
        mmengine: "0.10.7",
        onnx: "1.16.2",
      },
    },
    isolation: "bubblewrap",
    timings: { download: 0.412, engine: 38.2, validate: 4.13, stage: 0.9 },
    warnings: [
      "test_cfg.max_per_img is 300, more than the 100 that the runtime keeps",
    ],
    failure: null,
    ships: true,
    why: "equal",
    exceptions: [],
    ...change,
  };
}

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
      "output dets equals the source (largest error 3.1e-5, a change of 2e-4 would be seen)",
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
          "output dets equals the source (largest error 3.1e-5, a change of 2e-4 would be seen), over 5 cases",
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
      "5 of 7 confident boxes of either side have a match in the unpatched source model's own prediction, 71.4 %",
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

/** A soft gradient with two shapes, as PNG without any library. */
export function samplePng(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const car = x > 22 && x < 84 && y > 60 && y < 128;
      const person = x > 100 && x < 150 && y > 30 && y < 82;
      const colour = car
        ? [150, 60, 50]
        : person
          ? [40, 70, 110]
          : [170 - y / 2, 190 - y / 2, 200 - x / 3];
      rows.set(colour.map(Math.round), at);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a,
  ]);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1)
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
