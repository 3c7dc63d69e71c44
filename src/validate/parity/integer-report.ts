import { unravel } from "../evidence/tensor.ts";
import {
  emptyReport,
  type OutputReport,
  short,
  worstText,
} from "../output-report.ts";
import { fewCases } from "./evidence.ts";
import { SINGLE } from "./float-output.ts";
import type { IntegerAccumulator } from "./integer-accumulator.ts";
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
  "has the same value everywhere in the references; add samples with different values";
/** What a map lacks that is the same for every input. */
const ONE_MAP =
  "has the same values for every input in the references, so a model that ignores its input would pass; add samples with different values";
const ENOUGH_VALUES = 8;

type Plan = Omit<OutputPlan, "axis">;

/** Exact, except for places near a tie in the source. `shape` is that of the first case. */
export function reportInteger(
  plan: Plan,
  shape: number[],
  accumulator: IntegerAccumulator,
): OutputReport {
  const report = measures(plan.name, shape, accumulator);
  const fail = (kind: "wrong" | "unproven", why: string): OutputReport => ({
    ...report,
    status: "fail",
    kind,
    message: `${plan.called}${why}`,
  });

  const against = evidenceAgainst(plan, accumulator, report);
  if (against !== null) return fail("wrong", against);

  const open = missingEvidence(plan, shape.length, accumulator);
  if (open !== null) return fail("unproven", open);

  return passed(plan, accumulator, report);
}

function measures(
  name: string,
  shape: number[],
  accumulator: IntegerAccumulator,
): OutputReport {
  const { dtype, cases, values, mismatches, undecided } = accumulator;
  const worst = accumulator.far ?? accumulator.worst;
  return {
    ...emptyReport(name, dtype, shape),
    rule: "exact",
    values,
    cases,
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
}

function evidenceAgainst(
  { rounded }: Plan,
  accumulator: IntegerAccumulator,
  { worst }: OutputReport,
): string | null {
  const { values, mismatches, margins, far } = accumulator;
  // A tie turns a rounded number to the next one.
  const isExact = margins || (rounded && far !== undefined);
  const allowed = isExact ? 0 : Math.floor(FLIPS * values);
  if (mismatches > allowed && worst)
    return ` differs in ${mismatches} of ${values} places: ${worstText(worst)}`;

  const { undecided, turned, turnedByFp32 } = accumulator;
  const { few, times, part } = TURNED;
  const most = Math.max(few, times * turnedByFp32, part * undecided);

  return margins && turned > most
    ? `: ${turned} of ${undecided} places close to a tie are flipped, in the source's float32 ${turnedByFp32}`
    : null;
}

function missingEvidence(
  { proved, tolerance }: Plan,
  rank: number,
  accumulator: IntegerAccumulator,
): string | null {
  const { values, undecided, cases } = accumulator;
  if (undecided > UNDECIDED * values)
    return `: in ${short((100 * undecided) / values)} % of the places the source itself is undecided`;

  const enough = tolerance.min_values ?? ENOUGH_VALUES;
  if (values - undecided < enough)
    return `: only ${values} values, ${enough} are needed; add cases`;
  // A minimum that was stated counts instead of ours, and what the map is made of has its own.
  if (tolerance.min_values !== null || proved) return null;

  const few = fewCases(rank, cases);
  if (few !== null) return `: ${few}`;

  const still = withoutSpread(accumulator, tolerance);

  return still === null ? null : ` ${still}`;
}

/** Why the source's values show little of the model; null where they do. A minimum of values that was stated counts instead of ours. */
function withoutSpread(
  { labels, rows }: IntegerAccumulator,
  { min_values: least }: Plan["tolerance"],
): string | null {
  if (least !== null) return null;
  if (labels.size < 2) return ONE_VALUE;

  return rows.compared > 0 && !rows.differ ? ONE_MAP : null;
}

function passed(
  { called, evidence, tolerance }: Plan,
  accumulator: IntegerAccumulator,
  report: OutputReport,
): OutputReport {
  const { values, mismatches, margins, turned } = accumulator;
  const flips = margins ? turned : mismatches + turned;
  const equals = `${called} equals the source (${values} integers, ${flips} flipped close to a tie)`;
  const isSingle = evidence !== "fp64" && policyNames(tolerance).length === 0;
  const lacks = [
    withoutSpread(accumulator, tolerance),
    isSingle ? SINGLE : null,
  ].filter((text) => text !== null);
  if (lacks.length === 0) return { ...report, message: equals };

  return {
    ...report,
    status: "warn",
    ...(isSingle ? { evidence: "fp32" as const } : {}),
    message: `${equals}; it ${lacks.join("; it ")}`,
  };
}
