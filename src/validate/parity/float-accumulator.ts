import type { Dtype, Tensor } from "../evidence/tensor.ts";
import { numbersOf, sameKind } from "../evidence/tensor.ts";
import { type ChannelLayout, layoutOf } from "./channels.ts";
import { createStatistics, type Statistics } from "./statistics.ts";

type Numbers = ReturnType<typeof numbersOf>;

/** One element: where it is, and what both sides say. */
export interface Element {
  case: string;
  /** Flat index, row-major, in the output of that case. */
  flat: number;
  dims: number[];
  onnx: number;
  source: number;
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

const MAX_ANCHORS = 4;

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
    errors: zeros(),
    noise: zeros(),
    scales: zeros(),
    spreads: zeros(),
    worst: [],
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    masks: { count: 0, first: undefined },
    sourceMasks: 0,
    statistics: createStatistics(),
    anchors: new Map(),
  };
}

/** Adds one case; its tensors have the same shape. No tensor is kept, but the first of each shape. */
export function addCase(accumulator: FloatAccumulator, one: FloatCase): void {
  const layout = layoutOf(one.exact.dims, accumulator.axis);
  const exact = numbersOf(one.exact);
  const onnx = one.onnx ? numbersOf(one.onnx) : exact;
  const noisy = one.noisy ? numbersOf(one.noisy) : exact;

  accumulator.cases += 1;
  compare(accumulator, one, layout, onnx, exact, noisy);
  if (one.onnx) accumulator.statistics.add(onnx, exact, layout);

  spread(accumulator, one.exact.dims, layout, exact);
}

function compare(
  accumulator: FloatAccumulator,
  one: FloatCase,
  layout: ChannelLayout,
  onnx: Numbers,
  exact: Numbers,
  noisy: Numbers,
): void {
  const { outer, channels, inner } = layout;
  let flat = 0;

  for (let row = 0; row < outer; row++) {
    for (let channel = 0; channel < channels; channel++) {
      let error = -1;
      let noise = 0;
      let scale = 0;
      let counted = 0;
      let at = flat;

      for (const end = flat + inner; flat < end; flat++) {
        const x = exact[flat] as number;
        const e = Math.abs((onnx[flat] as number) - x);
        const n = Math.abs((noisy[flat] as number) - x);

        // Any NaN or infinity makes one of the differences NaN or infinite; `<` is false for both.
        if (!(e < Number.POSITIVE_INFINITY && n < Number.POSITIVE_INFINITY)) {
          counted += Number(
            compareMasks(
              accumulator,
              one,
              flat,
              onnx[flat] as number,
              x,
              noisy[flat] as number,
            ),
          );
          continue;
        }

        const a = Math.abs(x);
        counted++;

        if (e > error) {
          error = e;
          at = flat;
        }

        if (n > noise) noise = n;
        if (a > scale) scale = a;
        if (x < accumulator.least) accumulator.least = x;
        if (x > accumulator.most) accumulator.most = x;
      }

      if (counted === 0) continue;

      accumulator.counts[channel] =
        (accumulator.counts[channel] ?? 0) + counted;
      if (one.onnx) accumulator.values += counted;

      accumulator.noise[channel] = Math.max(
        accumulator.noise[channel] ?? 0,
        noise,
      );
      accumulator.scales[channel] = Math.max(
        accumulator.scales[channel] ?? 0,
        scale,
      );

      if (
        one.onnx &&
        (error > (accumulator.errors[channel] ?? 0) ||
          (error >= 0 && accumulator.worst[channel] === undefined))
      ) {
        accumulator.errors[channel] = error;
        accumulator.worst[channel] = element(
          one,
          at,
          onnx[at] as number,
          exact[at] as number,
        );
      }
    }
  }
}

/** Special values must be the same on both sides, with their sign; true where they are. */
function compareMasks(
  accumulator: FloatAccumulator,
  one: FloatCase,
  flat: number,
  onnx: number,
  exact: number,
  noisy: number,
): boolean {
  const steady = sameKind(noisy, exact);
  if (!steady) accumulator.sourceMasks += 1;
  // Where all three are finite, their difference was too large for a number.
  if (steady && sameKind(onnx, exact) && !Number.isFinite(onnx)) return true;

  if (steady || !(sameKind(onnx, exact) || sameKind(onnx, noisy))) {
    accumulator.masks.count += 1;
    accumulator.masks.first ??= element(one, flat, onnx, exact);
  }

  return false;
}

/** How far the cases lie apart: outputs that do not depend on their input prove nothing. */
function spread(
  accumulator: FloatAccumulator,
  dims: readonly number[],
  { outer, channels, inner }: ChannelLayout,
  exact: Numbers,
): void {
  const key = dims.slice(1).join();
  const anchor = accumulator.anchors.get(key);

  if (!anchor) {
    if (accumulator.anchors.size < MAX_ANCHORS)
      accumulator.anchors.set(key, exact);
    return;
  }

  accumulator.compared += 1;

  const common = Math.min(anchor.length, exact.length);
  for (let row = 0, flat = 0; row < outer && flat < common; row++)
    for (let channel = 0; channel < channels; channel++) {
      let largest = accumulator.spreads[channel] ?? 0;
      for (const end = Math.min(flat + inner, common); flat < end; flat++) {
        const apart = Math.abs(
          (exact[flat] as number) - (anchor[flat] as number),
        );
        if (apart > largest) largest = apart;
      }

      accumulator.spreads[channel] = largest;
    }
}

function element(
  { name, exact }: FloatCase,
  flat: number,
  onnx: number,
  source: number,
): Element {
  return { case: name, flat, dims: exact.dims, onnx, source };
}
