import type { Conversion } from "../../src/convert/conversion.ts";
import type { NoteLinks } from "../../src/report/note-links.ts";
import type { Summary, SummaryModel } from "../../src/report/summary.ts";
import { code, sentence } from "../../src/text/message.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

export const JOB = "https://git.test/-/jobs/1";

export const NOTE_LINKS: NoteLinks = {
  report: `${JOB}/artifacts/file/out/report/report.html`,
  artifacts: `${JOB}/artifacts/browse/out`,
  job: JOB,
  docs: "https://git.test/docs",
  file: (path) => `https://lakefs.test/${path}`,
  engineLog: (name) => `${JOB}/artifacts/file/out/models/${name}/engine.log`,
  data: "https://lakefs.test/data",
};

export const NO_LINKS: NoteLinks = {
  report: null,
  artifacts: null,
  job: null,
  docs: "https://git.test/docs",
  file: () => null,
  engineLog: () => null,
  data: null,
};

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
      "On ONNX Runtime (CPU) it matches its source model; differences above 0.0000305 in dets would have been detected.",
    answer: sentence`on ONNX Runtime (CPU) it matches its source model; differences above 0.0000305 in ${code("dets")} would have been detected`,
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
        "model-to-edge fetch lakefs://vision/4e07408562be/detector detector",
      verify: "model-to-edge verify detector",
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
