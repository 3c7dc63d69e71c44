import { plain } from "../../src/text/message.ts";
import { levelOf } from "../../src/version/change.ts";
import { compareContracts } from "../../src/version/compare-contracts.ts";
import type { Json } from "../../src/version/json.ts";

export const INPUT = {
  name: "image",
  dtype: "f32",
  shape: ["batch", 3, "height", "width"],
  layout: "NCHW",
  stride: 32,
  b: [1, 1, 8],
  h: [64, 640, 1280],
  w: [64, 640, 1280],
};
export const DETS = { name: "dets", dtype: "f32", shape: ["batch", "n", 5] };
export const LABELS = { name: "labels", dtype: "i64", shape: ["batch", "n"] };
export const NORMALIZE = {
  normalize: { order: "rgb", range: "0..255", mean: [1, 2, 3], std: [4, 5, 6] },
};
export const BASE = {
  version: 1,
  task: "detection",
  opset: 13,
  min_ort: "1.12",
  input: INPUT,
  outputs: [DETS, LABELS],
  preprocess: [
    { decode: "bgr8" },
    { resize: "keep_ratio", to: [640, 640] },
    NORMALIZE,
  ],
  baked: { score_thr: 0.05, nms_iou: 0.65 },
  classes: ["car", "truck", "bus"],
};

export const input = (change: Json) => ({
  ...BASE,
  input: { ...INPUT, ...change },
});
export const dets = (change: Json) => ({
  ...BASE,
  outputs: [{ ...DETS, ...change }, LABELS],
});
export const outputs = (...list: Json[]) => ({ ...BASE, outputs: list });

/** The level, and the sentences as plain words. */
export function changes(was: Json, is: Json) {
  const found = compareContracts(was, is);
  return {
    level: levelOf(found),
    lines: found.map(({ parts }) => plain(parts)),
  };
}
