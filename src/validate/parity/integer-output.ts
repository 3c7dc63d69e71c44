import { numbersOf, sizeOf, type Tensor, unravel } from "../evidence/tensor.ts";
import {
  emptyReport,
  type OutputReport,
  short,
  worstText,
} from "../output-report.ts";
import type { Element } from "./float-accumulator.ts";
import { SINGLE } from "./float-output.ts";
import type { OutputPlan } from "./output-plan.ts";
import { policyNames } from "./policy-rule.ts";

/** Part of the places that may differ where no margin says which are near a tie. */
const FLIPS = 1e-5;
/**
 * Near a tie, a right conversion turns about as many places over as the source's own fp32: at most `few`, or four times
 * as many, or this part of them. Logits that are farther off turn nearly half of them.
 */
const TURNED = { few: 2, times: 4, part: 1 / 8 };
/** Part of the places that may be undecided in the source itself. */
const UNDECIDED = 1e-2;
/** What a map with one label lacks. */
const ONE_VALUE =
  "has the same value everywhere in the references; add samples that show several";
/** A place is near a tie where its margin is below this times the noise. */
const BAND = 16;

/** Integer and boolean outputs over all cases: classes, argmax maps, counts. */
export interface IntegerAccumulator {
  dtype: string;
  cases: number;
  values: number;
  mismatches: number;
  /** Places that the source itself cannot decide; and how many of them the ONNX and the source's fp32 turn over. */
  undecided: number;
  turned: number;
  turnedByFp32: number;
  /** A margin says for each case which places are near a tie. */
  margins: boolean;
  labels: Set<number>;
  worst: Element | undefined;
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
  return { dtype, ...none, margins: true, labels: new Set(), worst: undefined };
}

export function addIntegerCase(
  accumulator: IntegerAccumulator,
  one: IntegerCase,
): void {
  const { name, onnx, fp32, fp64, margin, noise } = one;
  const others = one.variants.map(({ data }) => data);
  const got = onnx.data;
  const noisy = fp32.data;
  const source = (fp64 ?? fp32).data;
  const margins =
    margin && sizeOf(margin.dims) === source.length ? numbersOf(margin) : null;
  const known = noise ? numbersOf(noise)[0] : undefined;
  const band = margins
    ? BAND * (known ?? marginNoise(noisy, source, margins))
    : 0;

  accumulator.cases += 1;
  accumulator.values += source.length;
  accumulator.margins &&= margins !== null;

  for (let flat = 0; flat < source.length; flat++) {
    const value = source[flat];
    if (accumulator.labels.size < MAX_LABELS)
      accumulator.labels.add(Number(value));

    const steady =
      same(noisy[flat], value) &&
      others.every((other) => same(other[flat], value));

    const equal = same(got[flat], value);

    accumulator.turnedByFp32 += Number(!steady);

    if (!steady || (margins && (margins[flat] as number) <= band)) {
      accumulator.undecided += 1;
      accumulator.turned += Number(!equal);
    } else if (!equal) {
      accumulator.mismatches += 1;
      accumulator.worst ??= {
        case: name,
        flat,
        dims: fp32.dims,
        onnx: Number(got[flat]),
        source: Number(value),
      };
    }
  }
}

/** Across integer dtypes: a bigint and a number of the same value are equal. */
function same(
  a: bigint | number | undefined,
  b: bigint | number | undefined,
): boolean {
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

/** Exact, except for places near a tie in the source. */
export function reportInteger(
  { name, called, evidence, proved, tolerance }: Omit<OutputPlan, "axis">,
  shape: number[],
  accumulator: IntegerAccumulator,
): OutputReport {
  const { values, mismatches, undecided, turned, turnedByFp32, worst } =
    accumulator;
  const report: OutputReport = {
    ...emptyReport(name, accumulator.dtype, shape),
    rule: "exact",
    values,
    cases: accumulator.cases,
    channels: 1,
    argmax_agreement:
      values > undecided ? 1 - mismatches / (values - undecided) : null,
    worst: worst
      ? {
          case: worst.case,
          index: unravel(worst.flat, worst.dims),
          onnx: worst.onnx,
          source: worst.source,
        }
      : null,
  };

  const fail = (kind: "wrong" | "unproven", why: string): OutputReport => ({
    ...report,
    status: "fail",
    kind,
    message: `${called}${why}`,
  });

  if (
    mismatches > (accumulator.margins ? 0 : Math.floor(FLIPS * values)) &&
    report.worst
  )
    return fail(
      "wrong",
      ` differs in ${mismatches} of ${values} places: ${worstText(report.worst)}`,
    );

  if (
    accumulator.margins &&
    turned >
      Math.max(TURNED.few, TURNED.times * turnedByFp32, TURNED.part * undecided)
  )
    return fail(
      "wrong",
      `: ${turned} of ${undecided} places near a tie are turned over, in the source's float32 ${turnedByFp32}`,
    );

  if (undecided > UNDECIDED * values)
    return fail(
      "unproven",
      `: in ${short((100 * undecided) / values)} % of the places the source itself is undecided`,
    );

  const enough = tolerance.min_values ?? 8;
  if (values - undecided < enough)
    return fail(
      "unproven",
      `: only ${values} values, ${enough} are needed; add cases`,
    );

  const one = tolerance.min_values === null && accumulator.labels.size < 2;
  if (one && !proved) return fail("unproven", ` ${ONE_VALUE}`);

  const equals = `${called} equals the source (${values} integers, ${accumulator.margins ? turned : mismatches + turned} turned over near a tie)`;
  const single = evidence !== "fp64" && policyNames(tolerance).length === 0;
  const lacks = [...(one ? [ONE_VALUE] : []), ...(single ? [SINGLE] : [])];
  if (lacks.length === 0) return { ...report, message: equals };

  const message = `${equals}; it ${lacks.join("; it ")}`;

  return {
    ...report,
    status: "warn",
    ...(single ? { evidence: "fp32" } : {}),
    message,
  };
}
