import { looks, option, type Refused, where } from "./torch-refused-rows.ts";
import { X } from "./torch-rows.ts";
import { unusual } from "./torch-rows-unusual.ts";

export const REFUSED_OPTIONS: Refused[] = [
  [option("no-file", { build: "other.py:build" }), "file-missing", "other.py"],
  [
    option("no-function", { build: "model.py:bild" }),
    "function-missing",
    "bild",
  ],
  [
    option("no-module", {
      build: "model.py:number",
      build_args: {},
    }),
    "function-missing",
    "number",
  ],
  [option("build-args", { build_args: { nome: 3 } }), "build-args", "nome"],
  [where("no-args", { options: {} }), "args-missing", "forward"],
  [
    option("other-shape", { args: [{ shape: [2, 7] }] }),
    "args-do-not-fit",
    "2, 7",
  ],
  [
    option("other-dtype", { args: [{ shape: [2, 6], dtype: "int64" }] }),
    "args-do-not-fit",
    "int64",
  ],
  [
    option("bfloat16", { args: [{ shape: [2, 6], dtype: "bfloat16" }] }),
    "dtype-unsupported",
    "bfloat16",
  ],
  [
    option("normal-integers", {
      args: [{ shape: [2, 6], dtype: "int64", generator: "normal" }],
    }),
    "args-generator",
    "normal",
  ],
  [
    option("empty-range", { args: [{ shape: [2, 6], low: 3, high: 3 }] }),
    "args-range",
    "low 3",
  ],
  [
    option("unknown-argument", { args: { y: { shape: [2, 6] } } }),
    "name-unknown",
    "y",
  ],
  [
    option("unknown-axis-name", {
      dynamic_axes: { image: { 0: "batch" } },
      output_names: ["y"],
    }),
    "name-unknown",
    "image",
  ],
  [
    option("axis-beyond", { dynamic_axes: { x: { 2: "batch" } } }),
    "axis-unknown",
    "axis 2",
  ],
  [
    option("axis-not-free", { dynamic_axes: { x: { 0: "batch", 1: "w" } } }),
    "axis-not-free",
    "no other length than 6",
  ],
  [option("input-names", { input_names: ["a", "b"] }), "names-count", "a, b"],
  [option("output-names", { output_names: ["a", "b"] }), "names-count", "a, b"],
  [
    where("sample-names", { samples: { "a.npz": { y: [[1]] } } }),
    "sample-names",
    "no tensor x",
  ],
  [
    where("sample-shape", { samples: { "a.npz": { x: [[1, 2]] } } }),
    "sample-shape",
    "[1, 2]",
  ],
  [
    option("opset-too-new", { opset_version: 26, exporter: "torchscript" }),
    "opset-out-of-range",
    "26",
  ],
];

/** Two wishes that contradict each other, where there is the exporter dynamo. */
export const REFUSED_NEW: Refused[] = [
  ...(
    [
      ["training", "TRAINING"],
      ["export_params", false],
      ["do_constant_folding", false],
      ["custom_opsets", { "my.domain": 1 }],
      ["export_modules_as_functions", true],
      ["operator_export_type", "ONNX_FALLTHROUGH"],
      ["opset_version", 13],
    ] as const
  ).map(
    ([name, value]): Refused => [
      option(`dynamo-${name}`, { exporter: "dynamo", [name]: value }),
      "exporter-contradiction",
      `torch.${name}`,
    ],
  ),
  [
    where("dynamo-of-torchscript", {
      form: "scripted",
      without_code: true,
      options: { ...X, exporter: "dynamo" },
    }),
    "exporter-contradiction",
    "TorchScript",
  ],
  [
    where("torchscript-of-a-program", {
      form: "program",
      example: [[2, 6]],
      without_code: true,
      options: { exporter: "torchscript" },
    }),
    "exporter-contradiction",
    "torch.export",
  ],
  [
    where("fixed-program", {
      form: "program",
      example: [[2, 6]],
      without_code: true,
      options: { dynamic_axes: X.dynamic_axes },
    }),
    "axis-not-free",
    "batch",
  ],
  ...["Branch", "RareBranch", "While"].map(
    (module): Refused => [
      { ...looks(module), name: `dynamo-${module}` },
      "data-dependent",
      "model.py, line",
    ],
  ),
  [unusual("Autocast"), "dtype-unsupported", "computes in bfloat16"],
  [unusual("Quantised"), "operator-unsupported", "is quantised"],
  [
    unusual("LongBranch", {
      options: {
        args: [{ shape: [2, 5, 6] }],
        dynamic_axes: { x: { 0: "batch", 1: "time" } },
      },
    }),
    "axis-baked",
    "up to 90, and with 91",
  ],
  [
    { ...looks("BatchBranch"), name: "dynamo-BatchBranch" },
    "axis-baked",
    "up to 2, and with 3",
  ],
  ...["BakedLength", "Unrolled"].map(
    (module): Refused => [
      {
        ...looks(module, {
          args: [{ shape: [2, 5, 6] }],
          dynamic_axes: { x: { 0: "batch", 1: "time" } },
        }),
        name: `dynamo-${module}`,
      },
      "axis-baked",
      "one length",
    ],
  ),
];

/** Where the torch is too old for it. */
export const REFUSED_OLD: Refused[] = [
  [
    option("no-dynamo", { exporter: "dynamo" }),
    "exporter-missing",
    "no dynamo",
  ],
  [
    where("git-and-an-old-reader", { code_from_git: true }),
    "code-from-store",
    "safely",
  ],
];
