import type { Tolerance } from "../../config/policy.ts";
import type { Dtype } from "../evidence/tensor.ts";
import { type OutputReport, short } from "../output-report.ts";
import { ulp } from "./channels.ts";

/** The tolerances that replace the noise rule. */
export function policyNames({
  sqnr_db,
  range_relative,
  absolute,
}: Tolerance): string[] {
  return Object.entries({ sqnr_db, range_relative, absolute }).flatMap(
    ([name, value]) => (value === null ? [] : [name]),
  );
}

/** Units in the last place that are rounding, however narrow the range is that an error is a part of. */
const ROUNDING_ULPS = 32;

/** What exceeds the policy, for a message; null if nothing does. */
export function policyExcess(
  report: OutputReport,
  tolerance: Tolerance,
): string | null {
  const { sqnr_db: sqnr, range_relative: relative, max_abs: largest } = report;
  const excess: string[] = [];

  if (
    tolerance.sqnr_db !== null &&
    sqnr !== null &&
    !(sqnr >= tolerance.sqnr_db)
  )
    excess.push(`SQNR ${short(sqnr)} dB, at least ${tolerance.sqnr_db} dB`);

  if (
    tolerance.range_relative !== null &&
    !((relative ?? 0) <= tolerance.range_relative) &&
    !isRounding(report)
  )
    excess.push(
      `error ${short(relative ?? 0)} of the range, at most ${tolerance.range_relative}`,
    );

  if (tolerance.absolute !== null && !((largest ?? 0) <= tolerance.absolute))
    excess.push(`error ${short(largest ?? 0)}, at most ${tolerance.absolute}`);

  return excess.length > 0 ? excess.join("; ") : null;
}

function isRounding({ max_abs: largest, range, dtype }: OutputReport): boolean {
  const scale = Math.max(...(range ?? [0]).map(Math.abs));
  return (largest ?? 0) <= ROUNDING_ULPS * ulp(scale, dtype as Dtype);
}
