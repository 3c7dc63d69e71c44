import { REFUSED_OPTIONS } from "./torch-refused-options.ts";
import { looks, type Refused, where } from "./torch-refused-rows.ts";
import { X } from "./torch-rows.ts";
import { unusual } from "./torch-rows-unusual.ts";

/** Modules that an exporter would take. */
const MODULES: Refused[] = [
  ...[
    ["Branch", "if x.sum() > 0"],
    ["RareBranch", "if y.abs().max() > 1000"],
    ["While", "while x.norm() > 1"],
    ["Item", ".item()"],
    ["Numpy", "x.numpy()"],
  ].map(
    ([module = "", words = ""]): Refused => [
      looks(module, { exporter: "torchscript" }),
      "data-dependent",
      words,
    ],
  ),
  [looks("AlwaysDropout"), "source-random", "another answer"],
  [looks("Noisy"), "source-random", "another answer"],
  [looks("Counting"), "source-keeps-state", "calls"],
  [looks("Half"), "dtype-unsupported", "bfloat16"],
  [looks("Sparse"), "dtype-unsupported", "sparse"],
  [looks("Number"), "output-not-a-tensor", "int"],
  [looks("Large"), "model-too-large", "2.4 GB"],
  [
    looks("Bessel", { exporter: "torchscript" }),
    "operator-unsupported",
    "special_bessel_j0",
  ],
];

/** Modules that an exporter would take, and of which the graph would hold for some inputs, or not be the trained one. */
const UNUSUAL: Refused[] = [
  [unusual("FirstMean"), "source-keeps-state", "inputs that it had before"],
  [unusual("Counted"), "source-keeps-state", "after some calls"],
  [
    unusual("Sequence", { form: "scripted", without_code: true }),
    "dtype-unsupported",
    "sequence",
  ],
  [unusual("RandomBuffer"), "source-random", "projection"],
  [unusual("KeysByBatch"), "outputs-vary", "large"],
  [unusual("OutputsByBatch"), "outputs-vary", "1 tensor for x [1, 6]"],
  [unusual("WithText"), "args-do-not-fit", "mode"],
  [
    { ...unusual("Tied", { weights: "untied" }), name: "unusual-untied" },
    "checkpoint-mismatch",
    "first.weight and last.weight",
  ],
  [
    { ...unusual("Normed", { weights: "averaged" }), name: "unusual-two-sets" },
    "checkpoint-ambiguous",
    "model_ema",
  ],
];

const FILES: Refused[] = [
  [where("cut", { break: "cut" }), "checkpoint-unreadable", "model.pth"],
  [where("empty", { break: "empty" }), "checkpoint-unreadable", "empty"],
  [where("text", { break: "text" }), "checkpoint-unreadable", "neither"],
  [where("html", { break: "html" }), "checkpoint-form", "web page"],
  [where("lfs", { break: "lfs" }), "checkpoint-form", "LFS"],
  [where("onnx", { break: "onnx" }), "checkpoint-form", "ONNX"],
  [where("keras", { break: "hdf5" }), "checkpoint-form", "Keras"],
  [
    where("pickle", { form: "pickled" }),
    "untrusted-pickle",
    "more than tensors",
  ],
  [
    where("class-is-gone", {
      form: "pickled",
      without_code: true,
      options: { ...X, trusted: true },
    }),
    "class-not-importable",
    "model",
  ],
  [
    where("pickle-where-code-is-of-git", {
      form: "pickled",
      code_from_git: true,
      options: { ...X, trusted: true },
    }),
    "code-from-store",
    "model.pth",
  ],
  [
    where("program-where-code-is-of-git", {
      form: "scripted",
      code_from_git: true,
    }),
    "code-from-store",
    "program",
  ],
  [where("no-code", { without_code: true }), "build-missing", "nothing says"],
  [
    where("no-weights", { weights: "nothing" }),
    "checkpoint-not-weights",
    "epoch, step",
  ],
  [
    where("no-key", { options: { ...X, state_dict_key: "ema.weights" } }),
    "checkpoint-not-weights",
    "ema.weights",
  ],
];

const WEIGHTS: Refused[] = (
  [
    ["missing", "head.weight"],
    ["unexpected", "extra.weight"],
    ["misshaped", "[1, 6]"],
  ] as const
).map(
  ([weights, words]): Refused => [
    where(`weights-${weights}`, { weights }),
    "checkpoint-mismatch",
    words,
  ],
);

export const REFUSED: Refused[] = [
  ...MODULES,
  ...UNUSUAL,
  ...FILES,
  ...WEIGHTS,
  ...REFUSED_OPTIONS,
];
