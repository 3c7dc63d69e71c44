import { objects, type Row } from "./tensorflow-rows.ts";

/** Files of each form that cannot be read, by what was done to them. */
const BROKEN: [Row, string, string][] = [
  ...(["keras", "h5", "saved-model", "tflite"] as const).map(
    (form): [Row, string, string] => [
      { name: `cut-${form}`, model: "classifier", form, break: "cut" },
      "checkpoint-unreadable",
      "",
    ],
  ),
  [
    { name: "empty", model: "sequential", break: "empty" },
    "checkpoint-unreadable",
    "empty",
  ],
  [
    { name: "html", model: "sequential", break: "html" },
    "checkpoint-form",
    "web",
  ],
  [
    { name: "lfs", model: "sequential", break: "lfs" },
    "checkpoint-form",
    "LFS",
  ],
  [
    { name: "other-form", model: "sequential", form: "h5", break: "keras" },
    "checkpoint-form",
    "Keras file",
  ],
  [
    { name: "weights", model: "sequential", form: "weights" },
    "weights-only",
    "",
  ],
  [
    {
      name: "no-variables",
      model: "sequential",
      form: "saved-model",
      remove: "variables",
    },
    "checkpoint-unreadable",
    "variables",
  ],
  [
    { name: "keras-2", model: "text", form: "h5" },
    "not-loadable",
    "ExpandDims",
  ],
];

/** What would run code, or reach files of the machine. */
const HOSTILE: [Row, string, string][] = [
  [{ name: "lambda", model: "lambda-layer" }, "untrusted-code", "Lambda"],
  [
    { name: "lambda-h5", model: "lambda-layer", form: "h5" },
    "untrusted-code",
    "Lambda",
  ],
  [
    {
      name: "lambda-where-code-is-of-git",
      model: "lambda-layer",
      options: { trusted: true },
      code_from_git: true,
    },
    "code-from-store",
    "Lambda",
  ],
  [
    { name: "module", model: "two-inputs", break: "module" },
    "class-not-importable",
    "os.system",
  ],
  [
    { name: "fetch", model: "two-inputs", break: "fetch" },
    "untrusted-code",
    "get_file",
  ],
  [
    { name: "vocabulary", model: "two-inputs", break: "vocabulary" },
    "untrusted-code",
    "/etc/passwd",
  ],
  ...(["external", "outside"] as const).map((kind): [Row, string, string] => [
    { name: kind, model: "sequential", form: "h5", break: kind },
    "file-outside",
    "",
  ]),
  [{ name: "writer", model: "writer" }, "untrusted-operators", "WriteFile"],
  [{ name: "reader", model: "reader" }, "untrusted-operators", "ReadFile"],
  [{ name: "python", model: "python" }, "untrusted-operators", "EagerPyFunc"],
];

const PRODUCT = objects("LogProduct");

/** Right files that cannot be converted, or with options that do not fit. */
const MISFIT: [Row, string, string][] = [
  [{ name: "no-class", model: "own-class" }, "class-not-importable", "Scaled"],
  [
    { name: "no-onnx", model: "log-product", options: PRODUCT },
    "unknown-operator",
    "Xlogy",
  ],
  ...(["keras", "saved-model", "graph"] as const).map(
    (form): [Row, string, string] => [
      { name: `large-${form}`, model: "classifier", form, largest: 999 },
      "weights-too-large",
      "GiB of weights",
    ],
  ),
  [
    { name: "sentences", model: "sentences" },
    "unknown-operator",
    "StringSplitV2",
  ],
  [{ name: "codes", model: "codes" }, "unknown-operator", "LookupTableFindV2"],
  [
    { name: "flex", model: "sequential", form: "tflite", break: "flex" },
    "custom-operator",
    "FlexReadFile",
  ],
  [
    {
      name: "noisy",
      model: "noisy",
      options: objects("AlwaysNoisy"),
    },
    "not-traceable",
    "y",
  ],
  [
    { name: "misfit", model: "two-inputs", break: "misfit" },
    "checkpoint-mismatch",
    "do not fit",
  ],
  [{ name: "counting", model: "counting" }, "not-traceable", "freeze"],
  [{ name: "stateful", model: "stateful" }, "source-keeps-state", "memory"],
  [{ name: "narrow", model: "narrow" }, "unknown-operator", "narrow_range"],
  [{ name: "half", model: "half" }, "dtype-unsupported", "bfloat16"],
  [{ name: "ragged", model: "ragged" }, "dtype-unsupported", "ragged"],
  [{ name: "ragged-out", model: "ragged-out" }, "dtype-unsupported", "ragged"],
  [{ name: "sparse", model: "sparse" }, "dtype-unsupported", "sparse"],
  [
    {
      name: "no-signature",
      model: "subclassed",
      options: objects("Heads"),
    },
    "inputs-unknown",
    "Heads",
  ],
  [
    {
      name: "other-signature",
      model: "sequential",
      options: { input_signature: [{ name: "row", shape: [null, 7] }] },
    },
    "signature",
    "",
  ],
  [
    {
      name: "no-such-signature",
      model: "signatures",
      options: { signature_def: "worst" },
    },
    "signature-unknown",
    "worst",
  ],
  [
    { name: "tag", model: "signatures", options: { tag: "train" } },
    "tag-unknown",
    "train",
  ],
  ...(["inputs", "outputs"] as const).map((key): [Row, string, string] => [
    {
      name: `no-${key}`,
      model: "sequential",
      form: "graph",
      options: { [key]: ["column:0"] },
    },
    "ports-unknown",
    "column",
  ]),
  ...(
    [
      ["inputs_as_nchw", ["photo"], "photo"],
      ["outputs_as_nchw", ["probs"], "2 axes"],
      ["shape_override", { photo: [1, 32, 32, 3] }, "photo"],
      ["input_ranges", { photo: [0, 1] }, "photo"],
    ] as const
  ).map(([key, value, word]): [Row, string, string] => [
    { name: key, model: "classifier", options: { [key]: value } },
    "ports-unknown",
    word,
  ]),
  [
    {
      name: "no-file",
      model: "own-class",
      options: { custom_objects: { Scaled: "other.py:Scaled" } },
    },
    "file-missing",
    "other.py",
  ],
  [
    {
      name: "no-function",
      model: "log-product",
      options: {
        ...PRODUCT,
        custom_op_handlers: { Xlogy: "handlers.py:xlog" },
      },
    },
    "function-missing",
    "xlog",
  ],
  [
    {
      name: "sample-inputs",
      model: "two-inputs",
      samples: { "a.npz": { table: [[1, 2, 3, 4]] } },
    },
    "sample-inputs",
    "extra",
  ],
  [
    {
      name: "sample-type",
      model: "two-inputs",
      samples: { "a.npz": { table: [[1, 2]], extra: [[1, 2, 3, 4, 5]] } },
    },
    "sample-type",
    "table",
  ],
];

/** Refused: the failure's code, and a word that its message must have. */
export const REFUSED = [...BROKEN, ...HOSTILE, ...MISFIT];

/** Those that `npm test` tries as well. */
export const FEW_REFUSED: ReadonlySet<string> = new Set([
  ...["lambda", "module", "external", "writer", "no-onnx", "no-class"],
  ...["large-saved-model"],
]);
