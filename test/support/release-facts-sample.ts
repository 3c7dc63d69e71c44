import type { Manifest } from "../../src/model/manifest.ts";
import type { Release } from "../../src/registry/release.ts";
import type { ReleaseFacts } from "../../src/report/release/release-facts.ts";
import { sampleContract } from "./report-model-sample.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const PRINT = "1".repeat(64);

export function sampleManifest(change: Partial<Manifest> = {}): Manifest {
  return {
    ...{ kind: "manifest", version: 3, name: "detector", engine: "mmdeploy" },
    fingerprint: { spec: PRINT, exec: "2".repeat(64), verdict: "3".repeat(64) },
    inputs: [
      { path: "model/detector/config.py", size: 9, token: "t", sha256: HASH },
    ],
    files: [],
    lineage: { parent_training_run_id: "run-7" },
    verdict: {
      ...{ outcome: "pass", reason: "equal" },
      answer: [{ text: "on ONNX Runtime (CPU) it matches its source model" }],
      because: [],
    },
    ...change,
  };
}

export function sampleRelease(change: Partial<Release> = {}): Release {
  return {
    ...{ kind: "release", version: 1, algorithm: "CenterPoint" },
    ...{ name: "t4base", release: "1.1.0", digest: "d".repeat(64) },
    source: {
      ...{ store: "lakefs://vision", branch: "main", commit: "c".repeat(64) },
      model: "detector",
    },
    outcome: "pass",
    since: {
      ...{ release: "1.0.0", level: "weights" },
      changes: ["same graph, new weights"],
    },
    facts: { contract: null, ports: {}, graph: "g", bytes: [HASH] },
    files: [
      { name: "contract.json", size: 873, sha256: HASH },
      { name: "t4base.onnx", size: 23_000_000, sha256: PRINT },
    ],
    ...change,
  };
}

/** All that is known of a version of a detector. */
export function releaseFacts(change: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    release: sampleRelease(),
    manifest: sampleManifest(),
    contract: sampleContract({
      preprocess: [
        { resize: "keep_ratio", to: [160, 160], interp: "cv2.linear" },
        { normalize: { mean: [1, 2, 3] } },
      ],
      inputs: [
        {
          ...{
            name: "input",
            dtype: "f32",
            shape: ["batch", 3, "height", 160],
          },
          ...{ layout: "NCHW", h: [128, 160, 192], w: [160] },
        },
      ],
      outputs: [
        { name: "dets", dtype: "f32", shape: ["batch", 100, 5] },
        {
          ...{ name: "labels", dtype: "i64", shape: ["batch", 100] },
          label_offset: 1,
        },
      ],
      baked: { nms_iou: 0.5, score_thr: 0.05, pre_topk: null },
    }),
    exceptions: [],
    toolchain: {
      python: "3.11.2",
      packages: { torch: "2.1.0+cpu", mmcv: "2.1.0", "a_b.c": "1" },
    },
    card: "README.md",
    license: "apache-2.0",
    origin: {
      git: { project: "vision/models", ref: "main", commit: "a".repeat(40) },
    },
    commands: {
      fetch: "model-to-edge fetch lakefs://vision/c1/detector detector",
      verify: "model-to-edge verify detector",
    },
    ...change,
  };
}
