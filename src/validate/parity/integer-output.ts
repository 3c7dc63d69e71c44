import type { Tolerance } from "../../config/policy.ts";
import { emptyReport, type OutputReport, short, worstText } from "../output-report.ts";
import { numbersOf, sizeOf, type Tensor, unravel } from "../tensor.ts";
import type { Element } from "./float-pool.ts";

/** Part of the places that may differ where no margin says which are near a tie. */
const FLIPS = 1e-5;
/** Part of the places that may be undecided in the source itself. */
const UNDECIDED = 1e-2;
/** A place is near a tie where its margin is below this times the noise. */
const BAND = 16;

/** Integer and boolean outputs over all cases: classes, argmax maps, counts. */
export interface IntegerPool {
  dtype: string;
  cases: number;
  values: number;
  mismatches: number;
  /** Places that the source itself cannot decide; they are not compared. */
  undecided: number;
  labels: Set<number>;
  worst: Element | undefined;
}

export interface IntegerCase {
  name: string;
  onnx: Tensor;
  fp32: Tensor;
  fp64: Tensor | null;
  /** Top 1 − top 2 of the source's fp64 logits at each place. */
  margin: Tensor | null;
  /** Largest |fp32 − fp64| of these logits. */
  noise: Tensor | null;
}

const MAX_LABELS = 1000;

export function createIntegerPool(dtype: string): IntegerPool {
  return { dtype, cases: 0, values: 0, mismatches: 0, undecided: 0, labels: new Set(), worst: undefined };
}

export function addIntegerCase(pool: IntegerPool, { name, onnx, fp32, fp64, margin, noise }: IntegerCase): void {
  const got = onnx.data;
  const noisy = fp32.data;
  const source = (fp64 ?? fp32).data;
  const margins = margin && sizeOf(margin.dims) === source.length ? numbersOf(margin) : null;
  const known = noise ? numbersOf(noise)[0] : undefined;
  const band = margins ? BAND * (known ?? marginNoise(noisy, source, margins)) : 0;
  pool.cases += 1;
  pool.values += source.length;
  for (let flat = 0; flat < source.length; flat++) {
    const value = source[flat];
    if (pool.labels.size < MAX_LABELS) pool.labels.add(Number(value));
    // Loose equality: a bigint and a number of the same value are equal.
    // biome-ignore lint/suspicious/noDoubleEquals: compares across integer dtypes
    const steady = noisy[flat] == value;
    if (!steady || (margins && (margins[flat] as number) <= band)) pool.undecided += 1;
    // biome-ignore lint/suspicious/noDoubleEquals: compares across integer dtypes
    else if (got[flat] != value) {
      pool.mismatches += 1;
      pool.worst ??= { case: name, flat, dims: fp32.dims, onnx: Number(got[flat]), source: Number(value) };
    }
  }
}

/** The largest margin that the source's own fp32 turned round. */
function marginNoise(noisy: Tensor["data"], source: Tensor["data"], margins: ArrayLike<number>): number {
  let most = 0;
  for (let flat = 0; flat < source.length; flat++)
    // biome-ignore lint/suspicious/noDoubleEquals: compares across integer dtypes
    if (noisy[flat] != source[flat]) most = Math.max(most, margins[flat] as number);
  return most;
}

/** Exact, except for places near a tie in the source. */
export function reportInteger(name: string, shape: number[], pool: IntegerPool, tolerance: Tolerance): OutputReport {
  const { values, mismatches, undecided, worst } = pool;
  const report: OutputReport = {
    ...emptyReport(name, pool.dtype, shape),
    rule: "exact",
    values,
    cases: pool.cases,
    channels: 1,
    argmax_agreement: values > undecided ? 1 - mismatches / (values - undecided) : null,
    worst: worst
      ? { case: worst.case, index: unravel(worst.flat, worst.dims), onnx: worst.onnx, source: worst.source }
      : null,
  };
  const fail = (kind: "wrong" | "unproven", why: string): OutputReport => ({
    ...report,
    status: "fail",
    kind,
    message: `output "${name}"${why}`,
  });
  if (mismatches > Math.floor(FLIPS * values) && report.worst)
    return fail("wrong", ` differs in ${mismatches} of ${values} places: ${worstText(report.worst)}`);
  if (undecided > UNDECIDED * values)
    return fail("unproven", `: in ${short((100 * undecided) / values)} % of the places the source itself is undecided`);
  const enough = tolerance.min_values ?? 8;
  if (values - undecided < enough) return fail("unproven", `: only ${values} values, ${enough} are needed; add cases`);
  if (tolerance.min_values === null && pool.labels.size < 2)
    return fail("unproven", " has the same value everywhere in the references; add samples that show several");
  return {
    ...report,
    message: `output "${name}" equals the source (${values} integers, ${mismatches + undecided} near a tie)`,
  };
}
