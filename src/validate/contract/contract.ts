/** An input or output as `contract.json` describes it. */
export interface Port {
  name: string;
  /** `f32`, `i64`, … */
  dtype: string;
  shape: (number | string)[];
}

export interface InputPort extends Port {
  layout?: string;
  stride?: number | null;
  /** [smallest, usual, largest] length of an axis. */
  b?: number[];
  h?: number[];
  w?: number[];
  /** The largest length of other open axes, by their name in `shape`. */
  max?: Record<string, number>;
}

export interface OutputPort extends Port {
  /** Of boxes: what their columns are. */
  format?: string;
  /** The axis whose entries are judged apart. */
  channel_axis?: number;
  activation?: string;
  /** What of the source it is, as `predict`. */
  source?: string;
  label_offset?: number;
  max_k?: number | null;
  ignore_index?: number | null;
  /** Of boxes and masks: what their places are in. */
  space?: string;
  /** From this value on a score or a mask is kept. */
  threshold?: number | null;
  /** So many labels are true. */
  top_k?: number | null;
  /** What rows without a box hold. */
  padding?: { score?: number; label?: number };
}

/** Numbers that the exporter built into the graph. */
export interface Baked {
  nms_iou?: number | null;
  score_thr?: number | null;
  pre_topk?: number | null;
  class_agnostic?: boolean;
  max_per_class?: number | null;
}

/**
 * A step of the pre-processing as the file has it, one of the keys `decode`, `resize`, `center_crop`, `pad`,
 * `normalize`, `opaque`; an engine may have others. What it means is for `preprocess/steps.ts`.
 */
export type ContractStep = Readonly<Record<string, unknown>> & {
  readonly opaque?: string;
};

/** `contract.json`, as its schema has it; what is not said is null, or an empty list. */
export interface Contract {
  task: string | null;
  /** The ONNX file, where the folder holds several. */
  model: string | null;
  opset: number | null;
  ir: number | null;
  domains: string[] | null;
  min_ort: string | null;
  precision: string | null;
  weights: string | null;
  inputs: InputPort[];
  outputs: OutputPort[];
  preprocess: ContractStep[];
  /** What a device does with the outputs, in order. */
  postprocess: string[];
  baked: Baked;
  classes: string[];
  classes_from: string | null;
}

/** Of an input with four axes whose layout is not said. */
export const NCHW = "NCHW";

const LETTERS = { N: "b", H: "h", W: "w" } as const;

/** The declared lengths of an input's axes: by axis, [smallest, usual, largest] or fewer. */
export function declaredLengths({
  layout = NCHW,
  shape,
  ...ranges
}: InputPort): Map<number, number[]> {
  const lengths = new Map<number, number[]>();
  for (const [letter, key] of Object.entries(LETTERS)) {
    const axis = layout.length === shape.length ? layout.indexOf(letter) : -1;
    const range = ranges[key];
    if (axis >= 0 && range && range.length > 0) lengths.set(axis, range);
  }

  return lengths;
}

/** The largest lengths of open axes that `max` declares: by axis. */
export function declaredEnds({
  shape,
  max = {},
}: InputPort): Map<number, number> {
  return new Map(
    shape.flatMap((dim, axis): [number, number][] => {
      const end = typeof dim === "string" ? max[dim] : undefined;
      return end === undefined ? [] : [[axis, end]];
    }),
  );
}
