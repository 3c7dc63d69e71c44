/** A network of test/fixtures/tensorflow, and what to do with it. */
export interface Row {
  name: string;
  model: string;
  form?: "keras" | "h5" | "saved-model" | "tflite" | "graph" | "weights";
  options?: Record<string, unknown>;
  /** What is done to the file before. */
  break?: string;
  /** A folder of the model's that is not there. */
  remove?: string;
  /** Arrays by input, for each file. */
  samples?: Record<string, Record<string, unknown>>;
  classes?: string[];
  /** Lengths of free axes, by their names. */
  shapes?: Record<string, number[]>;
  /** Bytes of weights that it may have. */
  largest?: number;
  /** Only what Git holds may run. */
  code_from_git?: boolean;
}

/** The option that names a class of test/fixtures/tensorflow/layers.py. */
export const objects = (name: string) => ({
  custom_objects: { [name]: `layers.py:${name}` },
});
const LOG_PRODUCT = objects("LogProduct");

/** Ship, by default: all by `npm run test:engines`, these in `npm test`. */
export const FEW: Row[] = [
  { name: "classifier", model: "classifier" },
  { name: "classifier-saved", model: "classifier", form: "saved-model" },
  { name: "two-inputs-lite", model: "two-inputs", form: "tflite" },
  { name: "cities", model: "cities" },
  { name: "resized", model: "resized" },
  { name: "whole", model: "whole" },
];

export const RIGHT: Row[] = [
  ...FEW,
  ...[
    ...["sequential", "bare-sequential", "two-inputs", "dictionaries"],
    ...["same-layer-twice", "recurrent", "text", "segmentor"],
    ...["label", "scalar", "mobile", "next-token", "padded", "table"],
  ].map((model) => ({ name: model, model })),
  { name: "own-class", model: "own-class", options: objects("Scaled") },
  { name: "classifier-h5", model: "classifier", form: "h5" },
  { name: "recurrent-saved", model: "recurrent", form: "saved-model" },
  { name: "text-saved", model: "text", form: "saved-model" },
  { name: "dictionaries-saved", model: "dictionaries", form: "saved-model" },
  { name: "classifier-lite", model: "classifier", form: "tflite" },
  { name: "classifier-frozen", model: "classifier", form: "graph" },
  { name: "two-inputs-frozen", model: "two-inputs", form: "graph" },
  ...[
    ...["pixels", "signed-bytes", "boundaries", "elu", "volume"],
    ...["translator", "skipping", "named", "half-floats", "padded-pool"],
    ...["unsorted", "grouped"],
  ].map((model) => ({ name: model, model })),
  { name: "elu-lite", model: "elu", form: "tflite" },
  { name: "cities-saved", model: "cities", form: "saved-model" },
  {
    name: "cities-samples",
    model: "cities",
    samples: { "a.npz": { city: [["oslo"], ["rome"]], age: [[1], [2]] } },
  },
  { name: "mixer", model: "mixer" },
  { name: "running", model: "running" },
  { name: "deciding", model: "deciding" },
  { name: "loop", model: "loop", options: { input_ranges: { steps: [1, 5] } } },
  { name: "best", model: "signatures", options: { signature_def: "best" } },
];

/** Round to float16 and give float32: no verdict without a tolerance that says how far they may be off. */
export const HALF: Row[] = [{ name: "mixed", model: "mixed" }];

/** Converted by options that are right. */
export const OPTIONS: Row[] = [
  {
    name: "subclassed",
    model: "subclassed",
    options: {
      ...objects("Heads"),
      input_signature: [{ name: "row", shape: [null, 6] }],
    },
  },
  { name: "trusted", model: "lambda-layer", options: { trusted: true } },
  {
    name: "signature",
    model: "classifier",
    options: { input_signature: [{ name: "photo", shape: [2, 32, 32, 3] }] },
  },
  { name: "opset", model: "sequential", options: { opset: 18 } },
  {
    name: "channels-first",
    model: "segmentor",
    options: { inputs_as_nchw: ["image"], outputs_as_nchw: ["logits:0"] },
  },
  {
    name: "shape",
    model: "segmentor",
    options: { shape_override: { image: [2, 64, 96, 3] } },
  },
  {
    name: "weights-apart",
    model: "classifier",
    options: { large_model: true },
  },
  {
    name: "rewriter",
    model: "sequential",
    options: { custom_rewriter: ["handlers.py:nothing"], target: ["rs6"] },
  },
  {
    name: "handler",
    model: "log-product",
    options: {
      ...LOG_PRODUCT,
      custom_op_handlers: { Xlogy: "handlers.py:xlogy" },
    },
  },
  {
    name: "samples",
    model: "two-inputs",
    samples: {
      "a.npz": { table: [[1, 2, 3, 4]], extra: [[1, 2, 3, 4, 5]] },
    },
    classes: ["a", "b", "c"],
  },
  {
    name: "named-ports",
    model: "two-inputs",
    form: "graph",
    options: { inputs: ["extra:0", "table"], outputs: ["Identity_1"] },
  },
];

/** Convert without a word, and compute something else than their source. */
export const WRONG: Row[] = [
  {
    name: "wrong-handler",
    model: "log-product",
    options: {
      ...LOG_PRODUCT,
      custom_op_handlers: { Xlogy: "handlers.py:product" },
    },
  },
  {
    name: "no-library",
    model: "log-product",
    options: { ...LOG_PRODUCT, custom_ops: { Xlogy: "my.domain" } },
  },
  {
    name: "wrong-weight",
    model: "sequential",
    options: { custom_rewriter: ["handlers.py:spoil"] },
  },
];
