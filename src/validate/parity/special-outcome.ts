import { type OutputReport, worstText } from "../output-report.ts";
import type { FloatAccumulator } from "./float-accumulator.ts";
import { type Outcome, unproven, wrong } from "./outcome.ts";

/** What NaN and infinity decide; null if they decide nothing. */
export function maskOutcome(
  called: string,
  report: OutputReport,
  accumulator: FloatAccumulator,
): Outcome | null {
  if (accumulator.masks.count > 0)
    return wrong(
      `${called}: ${accumulator.masks.count} values are NaN or infinite on one side only; ${report.worst ? worstText(report.worst) : ""}`,
    );

  if (accumulator.sourceMasks > 0)
    return unproven(
      called,
      `${accumulator.sourceMasks} values of the source are NaN or infinite in float32 and not in float64: the source model itself overflows`,
    );

  return unproven(called, nanChannels(accumulator));
}

/** A channel that is NaN wherever it was looked at is equal on both sides whatever its weights are. */
function nanChannels({
  channels,
  counts,
  nans,
}: FloatAccumulator): string | null {
  const lost = [...nans].filter((nan, at) => nan > 0 && nan === counts[at]);
  if (lost.length === 0) return null;

  return channels === 1
    ? "all its values are NaN, in the source too, so there is nothing to compare"
    : `in ${lost.length} of ${channels} channels all values are NaN, in the source too, so there is nothing to compare`;
}
