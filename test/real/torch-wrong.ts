import { LONG, type Row, X } from "./torch-rows.ts";

const wrong = (module: string, options: object = X, name = module): Row => ({
  name: `wrong-${name}`,
  module,
  from: "looks_right",
  options: { ...options, exporter: "torchscript" },
});

/** Exported by torchscript without a word, and something else than their source: the checks find it. */
export const WRONG: Row[] = [
  ...["BatchBranch", "BakedReshape", "Squeezed", "ExportOnly", "Lying"].map(
    (name) => wrong(name),
  ),
  wrong("BakedLength", LONG),
  wrong("Unrolled", LONG),
  wrong("WithDropout", { ...X, training: "TRAINING" }),
  {
    ...wrong("CustomOperator", { ...X, custom_opsets: { "my.domain": 1 } }),
    from: "unusual",
  },
  wrong("Bessel", { ...X, operator_export_type: "ONNX_FALLTHROUGH" }),
];

/** The same by dynamo: red where it exports them. */
export const WRONG_NEW: Row[] = [
  "BakedReshape",
  "Squeezed",
  "ExportOnly",
  "Item",
].map((module) => ({
  name: `dynamo-${module}`,
  module,
  from: "looks_right",
  options: X,
}));
