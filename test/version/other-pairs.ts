import { BASE, DETS, dets, INPUT, input, LABELS } from "./detector-contract.ts";
import {
  FIXED,
  fixed,
  labels,
  MASKS,
  norm,
  out,
  type Row,
  resize,
  rows,
  text,
} from "./pair-parts.ts";

const OPTIONAL = { name: "gain", dtype: "f32", shape: [1], optional: true };
/** Contracts of before and after. */
export const ADDITIVE: Row[] = [
  [
    "batch opened",
    FIXED,
    fixed(["batch", 3, 640, 640], {
      outputs: rows("batch", 100),
    }),
  ],
  [
    "batch of the input opened, of outputs by another name",
    FIXED,
    fixed(["N", 3, 640, 640], {
      outputs: rows("batch", 100),
    }),
  ],
  [
    "height and width opened",
    FIXED,
    {
      ...FIXED,
      input: { ...INPUT, shape: [1, 3, "height", "width"] },
    },
  ],
  [
    "anchors that grow with the picture",
    { ...FIXED, outputs: [{ ...DETS, shape: [1, 8400, 85] }] },
    fixed([1, 3, "height", "width"], {
      outputs: [{ ...DETS, shape: [1, "anchors", 85] }],
    }),
  ],
  ["range widened", BASE, input({ h: [32, 640, 1920] })],
  ["finer stride", BASE, input({ stride: 16 })],
  ["longer texts", text(256), text(512)],
  ["texts without end", text(512), text(null)],
  ["output at the end", BASE, out(DETS, LABELS, MASKS)],
  [
    "input that may be left out",
    BASE,
    { ...BASE, input: undefined, inputs: [INPUT, OPTIONAL] },
  ],
  ["names for classes", { ...BASE, classes: null }, BASE],
  ["opset", BASE, { ...BASE, opset: 17 }],
  ["older runtime is enough", BASE, { ...BASE, min_ort: "1.9" }],
  [
    "no library any more",
    { ...BASE, domains: ["ai.onnx", "mmdeploy"] },
    { ...BASE, domains: [""] },
  ],
];

/** Contracts of before and after. */
export const WEIGHTS: Row[] = [
  ["EMA", { ...BASE, weights: "plain" }, { ...BASE, weights: "EMA" }],
  [
    "float16 inside",
    { ...BASE, precision: "fp32" },
    { ...BASE, precision: "fp16" },
  ],
];

/** Contracts of before and after. */
export const NONE: Row[] = [
  ["axis renamed", BASE, dets({ shape: ["N", "boxes", 5] })],
  ["axes of the input renamed", BASE, input({ shape: ["N", 3, "h", "w"] })],
  ["description", BASE, { ...BASE, description: "day and night" }],
  ["words of an output", BASE, dets({ description: "boxes", comment: "x" })],
  ["where the names come from", BASE, { ...BASE, classes_from: "data.yaml" }],
  ["golden input", BASE, { ...BASE, golden: "golden.npz" }],
  [
    "why an axis is fixed",
    FIXED,
    {
      ...FIXED,
      input: { ...FIXED.input, fixed: { b: "a reshape" } },
    },
  ],
  ["the usual size", BASE, input({ h: [64, 512, 1280] })],
  ["input as a list", BASE, { ...BASE, input: undefined, inputs: [INPUT] }],
  ["a label offset of 0 is said", BASE, labels({ label_offset: 0 })],
  [
    "the usual layout is left out",
    FIXED,
    {
      ...FIXED,
      input: { name: "image", dtype: "f32", shape: [1, 3, 640, 640] },
    },
  ],
  ["one number for both sides", BASE, resize({ to: 640 })],
  ["the usual interpolation is said", BASE, resize({ interp: "cv2.linear" })],
  [
    "a mean for 0..1",
    norm({ mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] }),
    norm({
      ...{ range: "0..1", mean: [0.485, 0.456, 0.406] },
      std: [0.229, 0.224, 0.225],
    }),
  ],
  [
    "one mean for all channels",
    norm({ mean: [127, 127, 127] }),
    norm({ mean: 127 }),
  ],
  [
    "keys in another order",
    BASE,
    Object.fromEntries(Object.entries(BASE).reverse()),
  ],
];
