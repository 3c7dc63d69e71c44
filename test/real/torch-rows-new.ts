import { PICTURE, type Row, WORDS, X } from "./torch-rows.ts";
import { unusual } from "./torch-rows-unusual.ts";

/** Ship, with what only a new torch and the whole environment have. */
export const RIGHT_NEW: Row[] = [
  unusual("Orthogonal"),
  unusual("Cond"),
  { name: "safetensors", module: "where", form: "safetensors", options: X },
  {
    name: "program",
    module: "where",
    form: "program",
    example: [[2, 6]],
    free: { 0: [0] },
    without_code: true,
    options: { dynamic_axes: X.dynamic_axes },
  },
  {
    name: "program-of-pictures",
    module: "resized",
    form: "program",
    example: [[1, 3, 24, 32]],
    free: { 0: [2, 3] },
    without_code: true,
    options: {
      input_names: ["picture"],
      output_names: ["y"],
      dynamic_axes: { picture: { 2: "h", 3: "w" } },
    },
  },
  {
    name: "program-that-says-float32",
    module: "single",
    form: "program",
    example: [[2, 6]],
    free: { 0: [0] },
    without_code: true,
  },
  {
    name: "opset-22",
    module: "pictures",
    options: { ...PICTURE, opset_version: 22 },
  },
  {
    name: "torchscript-opset-20",
    module: "pictures",
    options: { ...PICTURE, opset_version: 20, exporter: "torchscript" },
  },
  {
    name: "timm",
    module: "where",
    form: "timm",
    without_code: true,
    options: {
      timm: { model: "resnet18", num_classes: 5 },
      args: [{ shape: [1, 3, 64, 64] }],
      dynamic_axes: { x: { 0: "batch" } },
    },
  },
  {
    name: "hugging-face",
    module: "where",
    form: "hugging-face",
    without_code: true,
    options: { dynamic_axes: { input_ids: WORDS, attention_mask: WORDS } },
  },
];

/** Round to float16 on the way to float32: no verdict without a tolerance that says how far they may be off. */
export const HALF: Row[] = [unusual("HalfInside")];
