/** A model of test/fixtures/torch/, and what to do with it. */
export interface Row {
  name: string;
  module: string;
  /** The file that has the module. */
  from?: "modules" | "looks_right" | "unusual" | "kinds";
  form?:
    | "state"
    | "safetensors"
    | "scripted"
    | "traced"
    | "program"
    | "pickled"
    | "timm"
    | "hugging-face";
  options?: Record<string, unknown>;
  /** Shapes that a traced or exported file is made with. */
  example?: number[][];
  /** Of a program: free axes by place of the argument. */
  free?: Record<string, number[]>;
  /** What is done to the weights. */
  weights?:
    | "nested"
    | "missing"
    | "unexpected"
    | "misshaped"
    | "nothing"
    | "averaged"
    | "untied"
    | "uncounted";
  break?: "cut" | "empty" | "html" | "lfs" | "onnx" | "hdf5" | "text";
  /** Tensors of samples/NAME, and of args.npz. */
  samples?: Record<string, Record<string, number[][]>>;
  given?: Record<string, number[][]>;
  /** No Python file lies beside it. */
  without_code?: boolean;
  /** `false`: build() gets no argument. */
  build?: boolean;
  /** Only what Git holds may run. */
  code_from_git?: boolean;
}

export const X = {
  args: [{ shape: [2, 6] }],
  dynamic_axes: { x: { 0: "batch" } },
};
export const LONG = {
  args: [{ shape: [2, 5, 6] }],
  dynamic_axes: { x: { 0: "batch", 1: "time" } },
};
export const PICTURE = {
  args: [{ shape: [2, 3, 32, 32] }],
  dynamic_axes: { image: { 0: "batch" } },
};
const IDS = { shape: [2, 7], dtype: "int64" };
export const WORDS = { 0: "batch", 1: "seq" };

/** Ship, by either exporter that the torch has. */
export const RIGHT: Row[] = [
  {
    name: "pictures",
    module: "pictures",
    options: {
      ...PICTURE,
      dynamic_axes: { image: { 0: "batch", 2: "height", 3: "width" } },
    },
  },
  { name: "argmax", module: "classes", options: PICTURE },
  {
    name: "texts",
    module: "texts",
    options: {
      args: [IDS, { ...IDS, generator: "mask" }],
      dynamic_axes: { ids: WORDS, mask: WORDS },
    },
  },
  {
    name: "attention",
    module: "attention",
    options: {
      args: { x: { shape: [2, 5, 8] }, keep: { shape: [2, 5], dtype: "bool" } },
      dynamic_axes: { x: WORDS, keep: WORDS },
    },
  },
  {
    name: "lstm",
    module: "lstm",
    options: { ...LONG, args: [{ shape: [2, 7, 6] }] },
  },
  {
    name: "gru",
    module: "gru",
    options: {
      args: [{ shape: [7, 2, 6] }, { shape: [1, 2, 8] }],
      dynamic_axes: { x: { 0: "time", 1: "batch" }, state: { 1: "batch" } },
    },
  },
  {
    name: "one-number",
    module: "score",
    options: { ...X, dynamic_axes: { x: { 0: "rows" } } },
  },
  {
    name: "mapping",
    module: "mapping",
    options: {
      args: [{ left: { shape: [2, 4] }, right: { shape: [2, 2] } }],
      dynamic_axes: { left: { 0: "batch" }, right: { 0: "batch" } },
    },
  },
  {
    name: "resized",
    module: "resized",
    options: {
      args: [{ shape: [1, 3, 24, 32] }],
      dynamic_axes: { image: { 2: "h", 3: "w" } },
    },
  },
  { name: "padded-pool", module: "padded", options: PICTURE },
  { name: "code-says-float32", module: "single", options: X },
  { name: "where", module: "where", options: X },
  {
    name: "three-inputs",
    module: "three",
    options: {
      args: [IDS, IDS, { ...IDS, generator: "mask" }],
      dynamic_axes: {
        input_ids: WORDS,
        token_type_ids: WORDS,
        attention_mask: WORDS,
      },
    },
  },
  { name: "fixed", module: "where", options: { args: [{ shape: [1, 6] }] } },
  {
    name: "scripted",
    module: "Branch",
    from: "looks_right",
    form: "scripted",
    without_code: true,
    options: X,
  },
  {
    name: "traced",
    module: "pictures",
    form: "traced",
    without_code: true,
    example: [[2, 3, 32, 32]],
    options: PICTURE,
  },
  {
    name: "trusted-pickle",
    module: "where",
    form: "pickled",
    build: false,
    options: { ...X, trusted: true },
  },
  { name: "nested", module: "where", weights: "nested", options: X },
  {
    name: "args-file",
    module: "where",
    given: {
      x: [
        [1, 2, 3, 4, 5, 6],
        [0, 0.5, 0, 1, 0, 1],
      ],
    },
    options: { dynamic_axes: X.dynamic_axes },
  },
  {
    name: "samples",
    module: "where",
    samples: {
      "a.npz": { x: [[1, 2, 3, 4, 5, 6]] },
      "b.npz": { x: [[0, 0, 0, 4, 5, 6]] },
    },
    options: X,
  },
  {
    name: "range",
    module: "where",
    options: {
      ...X,
      args: [
        { shape: [2, 6], generator: "uniform", low: 0, high: 255, seed: 5 },
      ],
    },
  },
  {
    name: "keys-and-names",
    module: "texts",
    options: {
      args: [IDS, { ...IDS, generator: "mask" }],
      input_names: ["tokens", "keep"],
      output_names: ["logits"],
      dynamic_axes: { tokens: WORDS, keep: WORDS },
    },
  },
  {
    name: "axes-as-list",
    module: "where",
    options: { ...X, dynamic_axes: { x: [0] } },
  },
  {
    name: "opset-13",
    module: "pictures",
    options: { ...PICTURE, opset_version: 13 },
  },
  {
    name: "weights-as-inputs",
    module: "where",
    options: { ...X, export_params: false },
  },
  {
    name: "initializers-as-inputs",
    module: "where",
    options: { ...X, keep_initializers_as_inputs: true },
  },
  {
    name: "without-folding",
    module: "attention",
    options: {
      args: [{ shape: [2, 5, 8] }, { shape: [2, 5], dtype: "bool" }],
      do_constant_folding: false,
    },
  },
  {
    name: "custom-opsets",
    module: "where",
    options: { ...X, custom_opsets: { "my.domain": 1 } },
  },
  {
    name: "evaluation",
    module: "WithDropout",
    from: "looks_right",
    options: { ...X, exporter: "torchscript" },
  },
  {
    name: "functions",
    module: "where",
    options: {
      ...X,
      output_names: ["y"],
      export_modules_as_functions: true,
    },
  },
];
