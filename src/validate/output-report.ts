/** What parity found for one output; goes into the verdict and the reports. Numbers that are none are null. */
export interface OutputReport {
  name: string;
  dtype: string;
  /** Of the first case. */
  shape: number[];
  /** `warn`: nothing speaks against it, but the evidence is less than a pass needs; the message says what lacks. */
  status: "pass" | "warn" | "fail";
  kind?: "wrong" | "unproven";
  /** Set where there was no fp64: the noise was found among fp32 computed in several ways. */
  evidence?: "fp32";
  message: string;
  /** How it was judged. */
  rule: "noise" | "policy" | "exact" | "detections";
  /** Values that were compared, over all cases that count as evidence. */
  values: number;
  cases: number;
  channel_axis: number | null;
  channels: number;
  failing_channels: number;
  /** Channels whose values hardly differ between the cases. */
  low_variance_channels: number;
  max_abs: number | null;
  range: [number, number] | null;
  range_relative: number | null;
  p999_abs: number | null;
  /** Null where the error is exactly 0. */
  sqnr_db: number | null;
  cosine: number | null;
  argmax_agreement: number | null;
  /** Elements that are NaN or infinite on one side only. */
  mask_mismatches: number;
  /** Of the worst channel: the source's own fp32 noise or the floor, and what is allowed. */
  noise: number | null;
  tolerance: number | null;
  /** A change of this size in any channel would have been seen. */
  would_notice: number | null;
  worst: WorstElement | null;
}

export interface WorstElement {
  case: string;
  index: number[];
  /** As JSON numbers, or the words NaN, Infinity, -Infinity. */
  onnx: number | string;
  source: number | string;
}

export function emptyReport(
  name: string,
  dtype: string,
  shape: number[],
): OutputReport {
  return {
    name,
    dtype,
    shape,
    status: "pass",
    message: "",
    rule: "noise",
    values: 0,
    cases: 0,
    channel_axis: null,
    channels: 0,
    failing_channels: 0,
    low_variance_channels: 0,
    max_abs: null,
    range: null,
    range_relative: null,
    p999_abs: null,
    sqnr_db: null,
    cosine: null,
    argmax_agreement: null,
    mask_mismatches: 0,
    noise: null,
    tolerance: null,
    would_notice: null,
    worst: null,
  };
}

/** A number as JSON can say it. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Three digits for sizes of errors. */
export function short(value: number): string {
  const [digits = "0", exponent = "0"] = value.toExponential(2).split("e");
  const small = value !== 0 && Math.abs(value) < 1e-3;

  return small
    ? `${Number(digits)}e${Number(exponent)}`
    : String(Number(value.toPrecision(3)));
}

/** Eight digits for a value: enough to find it again. */
export function exact(value: number | string): string {
  return typeof value === "number"
    ? String(Number(value.toPrecision(8)))
    : value;
}

/** `element [0,17] of case real-0 is 0.1 in the ONNX and 0.2 in the source`. */
export function worstText(worst: WorstElement): string {
  return elementText(worst, ` of case ${worst.case}`);
}

/** Without the case, where a value is the same in all. */
export function elementText(
  { index, onnx, source }: WorstElement,
  of = "",
): string {
  return `element [${index.join(",")}]${of} is ${exact(onnx)} in the ONNX model and ${exact(source)} in the source`;
}
