import { numbersOf, sizeOf, type Tensor } from "../evidence/tensor.ts";
import { decodeTexts } from "../evidence/texts.ts";
import { addRows, createRowSpread, type RowSpread } from "./row-spread.ts";

/** A place is near a tie where its margin is below this times the noise. */
const BAND = 16;

/** Integer and boolean outputs over all cases: classes, argmax maps, counts. */
export interface IntegerAccumulator {
  dtype: string;
  cases: number;
  values: number;
  mismatches: number;
  /** The first place that differs by more than one. */
  far: IntegerElement | undefined;
  /** Places that the source itself cannot decide; and how many of them the ONNX and the source's fp32 turn over. */
  undecided: number;
  turned: number;
  turnedByFp32: number;
  /** A margin says for each case which places are near a tie. */
  margins: boolean;
  /** Different values; 64-bit ones as they are, as rounding would make many of them one. */
  labels: Set<Value>;
  /** Whether the source gives different inputs different values. */
  rows: RowSpread;
  worst: IntegerElement | undefined;
}

type Value = bigint | number | undefined;

/** The first place that differs, with what a person reads there: a text in quotes, all digits of a large number. */
interface IntegerElement {
  case: string;
  flat: number;
  dims: readonly number[];
  onnx: number | string;
  source: number | string;
}

export interface IntegerCase {
  name: string;
  onnx: Tensor;
  fp32: Tensor;
  fp64: Tensor | null;
  /** fp32 computed in other ways. */
  variants: Tensor[];
  /** Top 1 − top 2 of the source's fp64 logits at each place. */
  margin: Tensor | null;
  /** Largest |fp32 − fp64| of these logits. */
  noise: Tensor | null;
}

const MAX_LABELS = 1000;

export function createIntegerAccumulator(dtype: string): IntegerAccumulator {
  const none = {
    cases: 0,
    values: 0,
    mismatches: 0,
    undecided: 0,
    turned: 0,
    turnedByFp32: 0,
  };
  return {
    ...{ dtype, ...none, margins: true, labels: new Set() },
    ...{ rows: createRowSpread(), worst: undefined, far: undefined },
  };
}

export function addIntegerCase(
  accumulator: IntegerAccumulator,
  integerCase: IntegerCase,
): void {
  const { fp32, fp64, onnx } = integerCase;
  const source = (fp64 ?? fp32).data;
  const isStable = stability(integerCase, source);
  const nearTie = tieBand(integerCase, source);

  accumulator.cases += 1;
  accumulator.values += source.length;
  accumulator.margins &&= nearTie !== null;
  addRows(accumulator.rows, fp32.dims, source);

  for (let flat = 0; flat < source.length; flat++) {
    const [value, got] = [source[flat], onnx.data[flat]];
    if (accumulator.labels.size < MAX_LABELS) accumulator.labels.add(value);

    const stable = isStable(flat);
    accumulator.turnedByFp32 += Number(!stable);

    if (!stable || nearTie?.(flat)) {
      accumulator.undecided += 1;
      accumulator.turned += Number(!same(got, value));
    } else if (!same(got, value)) {
      accumulator.mismatches += 1;
      const element: IntegerElement = {
        case: integerCase.name,
        flat,
        dims: fp32.dims,
        onnx: shown(onnx.dtype, got),
        source: shown(onnx.dtype, value),
      };
      accumulator.worst ??= element;
      if (Math.abs(Number(got) - Number(value)) > 1)
        accumulator.far ??= element;
    }
  }
}

/** Whether the source gives the same at a place, however it is computed. */
function stability(
  { fp32, variants }: IntegerCase,
  source: Tensor["data"],
): (flat: number) => boolean {
  const others = [fp32, ...variants].map(({ data }) => data);
  return (flat) => others.every((other) => same(other[flat], source[flat]));
}

/** Whether a place is near a tie in the source; null where no margin says so. */
function tieBand(
  { fp32, margin, noise }: IntegerCase,
  source: Tensor["data"],
): ((flat: number) => boolean) | null {
  if (!margin || sizeOf(margin.dims) !== source.length) return null;

  const margins = numbersOf(margin);
  const known = noise ? numbersOf(noise)[0] : undefined;
  const band = BAND * (known ?? marginNoise(fp32.data, source, margins));

  return (flat) => (margins[flat] as number) <= band;
}

/** Up to here, messages have all digits of a number. */
const SHORT = 1e8;
/** Of a text, messages have so much. */
const LONGEST = 60;

function shown(dtype: string, value: Value): number | string {
  if (dtype === "string") {
    const [text = ""] = decodeTexts(BigInt64Array.of(BigInt(value ?? 0)));
    const isLong = text.length > LONGEST;
    return JSON.stringify(isLong ? `${text.slice(0, LONGEST)}…` : text);
  }
  const number = Number(value);

  return Math.abs(number) < SHORT ? number : String(value);
}

/** Across integer dtypes: a bigint and a number of the same value are equal. */
function same(a: Value, b: Value): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: see above
  return a == b;
}

/** The largest margin that the source's own fp32 turned round. */
function marginNoise(
  noisy: Tensor["data"],
  source: Tensor["data"],
  margins: ArrayLike<number>,
): number {
  let most = 0;
  for (let flat = 0; flat < source.length; flat++)
    if (!same(noisy[flat], source[flat]))
      most = Math.max(most, margins[flat] as number);

  return most;
}
