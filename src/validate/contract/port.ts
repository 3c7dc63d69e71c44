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
}

export interface OutputPort extends Port {
  activation?: string;
  label_offset?: number;
  max_k?: number | null;
  ignore_index?: number | null;
}

/** Numbers that the exporter built into the graph. */
export interface Baked {
  nms_iou?: number | null;
  score_thr?: number | null;
  pre_topk?: number | null;
  max_per_class?: number | null;
}

/** What `contract.json` says, after its schema was checked. */
export interface Said {
  task?: string;
  opset?: number;
  ir?: number;
  domains?: string[];
  min_ort?: string;
  precision?: string;
  weights?: string | null;
  input?: InputPort;
  inputs?: InputPort[];
  outputs: OutputPort[];
  preprocess?: Record<string, unknown>[];
  baked?: Baked;
  classes?: string[] | null;
  classes_from?: string | null;
}

export function inputsOf({ input, inputs }: Said): InputPort[] {
  return inputs ?? (input ? [input] : []);
}

const LETTERS = { N: "b", H: "h", W: "w" } as const;

/** The declared lengths of an input's axes: by axis, [smallest, usual, largest] or fewer. */
export function declaredLengths({
  layout = "NCHW",
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
