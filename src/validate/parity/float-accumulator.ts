import type { Dtype, numbersOf, Tensor } from "../evidence/tensor.ts";
import { createStatistics, type Statistics } from "./statistics.ts";

/** Values of a tensor, for arithmetic. */
export type Numbers = ReturnType<typeof numbersOf>;

/** One element: where it is, and what both sides say. */
export interface Element {
  case: string;
  /** Flat index, row-major, in the output of that case. */
  flat: number;
  dims: number[];
  onnx: number;
  source: number;
}

/** Some values, all channels together. */
export interface Totals {
  /** Values of the source that are finite and not 0. */
  live: number;
  /** Largest |onnx − fp64|, |fp32 − fp64| and |fp64|. */
  error: number;
  noise: number;
  scale: number;
  /** Where the error is largest. */
  worst: Element;
}

/** One case. */
export interface CaseTotals {
  /** By the first axis. */
  rows: Totals[];
  /** Null where it is empty. */
  whole: Totals | null;
}

/** All cases of one float output, pooled per channel. Arrays are indexed by channel. */
export interface FloatAccumulator {
  dtype: Dtype;
  axis: number | null;
  channels: number;
  cases: number;
  /** Values of the ONNX that were compared. */
  values: number;
  /** Cases that could be compared with one before, for the spread. */
  compared: number;
  /** Values of the source, and of the ONNX where it was run: finite, or special on both sides. */
  counts: Float64Array;
  /** Of these, those that are NaN on both sides: equal, and no proof. */
  nans: Float64Array;
  /** Largest |onnx − fp64|. */
  errors: Float64Array;
  /** Largest |fp32 − fp64|; without fp64 all 0. */
  noise: Float64Array;
  /** Largest |fp64|. */
  scales: Float64Array;
  /** Largest difference between two cases at the same place. */
  spreads: Float64Array;
  /** Where the error is largest. */
  worst: (Element | undefined)[];
  /** What each case says by itself. */
  perCase: CaseTotals[];
  /** The same by a second axis, where that may be the one of channels. */
  other: FloatAccumulator | null;
  least: number;
  most: number;
  /** Elements that are NaN or infinite on one side only, and the first of them. */
  masks: { count: number; first: Element | undefined };
  /** Elements where the source itself is NaN or infinite in fp32 and not in fp64. */
  sourceMasks: number;
  statistics: Statistics;
  anchors: Map<string, Numbers>;
}

/**
 * What is compared: `exact` is fp64 where there is one. `noisy` is fp32, null where there is no fp64 beside it. `onnx` is
 * null where only the source ran: then the case says how noisy it is, and how far the cases lie apart.
 */
export interface FloatCase {
  name: string;
  onnx: Tensor | null;
  exact: Tensor;
  noisy: Tensor | null;
}

export function createFloatAccumulator(
  dtype: Dtype,
  axis: number | null,
  channels: number,
): FloatAccumulator {
  const zeros = () => new Float64Array(channels);
  return {
    dtype,
    axis,
    channels,
    cases: 0,
    values: 0,
    compared: 0,
    counts: zeros(),
    nans: zeros(),
    errors: zeros(),
    noise: zeros(),
    scales: zeros(),
    spreads: zeros(),
    worst: [],
    perCase: [],
    other: null,
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    masks: { count: 0, first: undefined },
    sourceMasks: 0,
    statistics: createStatistics(),
    anchors: new Map(),
  };
}
