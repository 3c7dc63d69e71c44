import type { Json } from "../../src/version/json.ts";
import { BASE, DETS, LABELS } from "./detector-contract.ts";

export const FIXED = {
  ...BASE,
  input: {
    ...{ name: "image", dtype: "f32", layout: "NCHW" },
    shape: [1, 3, 640, 640],
  },
  outputs: [
    { ...DETS, shape: [1, 100, 5] },
    { ...LABELS, shape: [1, 100] },
  ],
};
export const fixed = (shape: unknown, more: Json = {}) => ({
  ...FIXED,
  input: { ...FIXED.input, shape },
  ...more,
});
export const rows = (batch: number | string, count: number | string) => [
  { ...DETS, shape: [batch, count, 5] },
  { ...LABELS, shape: [batch, count] },
];
export const MASKS = {
  name: "masks",
  dtype: "f32",
  shape: ["batch", "n", 28, 28],
};
export const out = (...outputs: Json[]) => ({ ...BASE, outputs });
export const steps = (...preprocess: Json[]) => ({ ...BASE, preprocess });
export const [DECODE = {}, RESIZE = {}, NORMALIZE = {}]: readonly Json[] =
  BASE.preprocess;
export const norm = (change: Json) =>
  steps(DECODE, RESIZE, {
    normalize: { ...(NORMALIZE.normalize as Json), ...change },
  });
export const resize = (change: Json) =>
  steps(DECODE, { ...RESIZE, ...change }, NORMALIZE);
export const baked = (change: Json) => ({
  ...BASE,
  baked: { ...BASE.baked, ...change },
});
export const classes = (...names: string[]) => ({ ...BASE, classes: names });
export const labels = (change: Json) => out(DETS, { ...LABELS, ...change });
export const text = (max: number | null) => ({
  ...BASE,
  input: {
    ...{ name: "ids", dtype: "i64", shape: [1, "length"] },
    ...(max === null ? {} : { max: { length: max } }),
  },
});

export type Row = [what: string, was: Json, is: Json];
