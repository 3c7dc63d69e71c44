import type { Tolerance } from "../../config/policy.ts";
import { LAYER_FACTOR } from "../layers/judge-layers.ts";
import {
  emptyReport,
  type OutputReport,
  short,
  worstText,
} from "../output-report.ts";
import { wrongPart } from "./case-rule.ts";
import { type Evidence, missingEvidence } from "./evidence.ts";
import type { FloatAccumulator } from "./float-accumulator.ts";
import { type FloatJudgement, judgeFloat } from "./float-rule.ts";
import { wrongAlong } from "./other-axis-rule.ts";
import { type Outcome, unproven, wrong } from "./outcome.ts";
import { placed } from "./placed.ts";
import { policyExcess, policyNames } from "./policy-rule.ts";
import { wrongRows } from "./row-rule.ts";
import { maskOutcome } from "./special-outcome.ts";

/** Part of the output's range that no rounding explains, even where there is no fp64 to measure it. */
const GROSS = 1e-2;

/** What a pass on float32 alone lacks. */
export const SINGLE =
  "was only judged by the source's float32, because the references have no float64 values for it; full evidence needs <case>/fp64/<output>";

/** What is judged: its name, and what it is called in a message. */
export interface Named {
  name: string;
  /** E.g. `output "scores"`. */
  called: string;
  /** It is called by a plural. */
  plural?: boolean;
}

/** The report on one float output, from all its cases. `shape` is that of the first case. */
export function reportFloat(
  named: Named,
  shape: number[],
  accumulator: FloatAccumulator,
  evidence: Evidence,
): OutputReport {
  const { name, called } = named;
  const { tolerance } = evidence;
  const judgement = judgeFloat(accumulator);
  const measured = measures(name, shape, accumulator, judgement);
  const byPolicy = policyNames(tolerance).length > 0;
  const report: OutputReport = {
    ...measured,
    rule: byPolicy ? "policy" : "noise",
  };

  const outcome =
    maskOutcome(called, report, accumulator) ??
    (byPolicy
      ? policyOutcome(called, report, tolerance)
      : noiseOutcome(named, report, { accumulator, judgement }, evidence)) ??
    unproven(
      called,
      missingEvidence(shape.length, accumulator, judgement, evidence),
    );
  if (outcome) return { ...report, ...outcome };

  const message = passText(called, report);
  if (byPolicy || evidence.from !== "fp32") return { ...report, message };

  return {
    ...report,
    status: "warn",
    evidence: "fp32",
    message: `${message}; it ${SINGLE}`,
  };
}

function measures(
  name: string,
  shape: number[],
  accumulator: FloatAccumulator,
  judgement: FloatJudgement,
): OutputReport {
  const { statistics } = accumulator;
  const { worst, wrong, lowVariance, notices } = judgement;
  const maxAbs = accumulator.errors.reduce(
    (most, error) => Math.max(most, error),
    0,
  );

  const range = accumulator.most - accumulator.least;
  const element = accumulator.masks.first ?? accumulator.worst[worst.channel];

  return {
    ...emptyReport(name, accumulator.dtype, shape),
    values: accumulator.values,
    cases: accumulator.cases,
    channel_axis: accumulator.axis,
    channels: accumulator.channels,
    failing_channels: wrong.length,
    low_variance_channels: lowVariance,
    max_abs: maxAbs,
    range:
      accumulator.values > 0 ? [accumulator.least, accumulator.most] : null,
    // Where all values are one, their size stands for their range.
    range_relative:
      maxAbs === 0 ? 0 : maxAbs / (range || Math.abs(accumulator.most)),
    p999_abs: Math.min(maxAbs, statistics.p999()),
    sqnr_db: statistics.sqnrDb(),
    cosine: statistics.cosine(),
    argmax_agreement: statistics.argmaxAgreement(),
    mask_mismatches: accumulator.masks.count,
    noise: worst.noise,
    tolerance: worst.ratio > 0 ? worst.error / worst.ratio : null,
    would_notice: notices,
    worst: element ? placed(element) : null,
  };
}

/** All cases, and what the rule says of them. */
interface Judged {
  accumulator: FloatAccumulator;
  judgement: FloatJudgement;
}

function noiseOutcome(
  named: Named,
  report: OutputReport,
  { accumulator, judgement }: Judged,
  evidence: Evidence,
): Outcome | null {
  const { worst, highNoise } = judgement;
  if (evidence.from === "none")
    return (report.range_relative ?? 0) > GROSS
      ? wrong(differsText(named, report))
      : null;

  if (worst.ratio <= 1)
    return highNoise.length > 0
      ? unproven(named.called, noisyText(report, accumulator, highNoise))
      : partOutcome(named, accumulator);

  // With few values a channel's noise is found too small by luck; the whole output's is a sound bound.
  const few = accumulator.counts.some((count) => count < evidence.enough);
  const most = accumulator.noise.reduce((a, b) => Math.max(a, b), worst.noise);
  if (few && worst.error <= 8 * most) return null;

  const times = `the error ${short(worst.error)} is ${short(worst.error / worst.noise)} times what rounding explains`;

  return wrong(`${differsText(named, report)}; ${times}`);
}

/** Of a part of the values that is judged by its own noise. */
function partOutcome(
  { called, plural }: Named,
  accumulator: FloatAccumulator,
): (Outcome & Partial<OutputReport>) | null {
  const found =
    wrongPart(accumulator) ??
    wrongRows(accumulator) ??
    wrongAlong(accumulator.other);
  if (!found) return null;
  const { of, noise, where } = found;
  const worst = placed(of.worst);
  const times = `the error ${short(of.error)} is ${short(of.error / noise)} times what rounding explains ${where}, though others have more`;

  return {
    ...wrong(
      `${called} ${plural ? "differ" : "differs"}: ${worstText(worst)}; ${times}`,
    ),
    ...{ worst, noise, tolerance: LAYER_FACTOR * noise },
  };
}

function differsText(
  { called, plural }: Named,
  { channels, failing_channels, worst }: OutputReport,
): string {
  const where =
    channels > 1 ? ` in ${failing_channels} of ${channels} channels` : "";
  return `${called} ${plural ? "differ" : "differs"}${where}: ${worst ? worstText(worst) : ""}`;
}

function noisyText(
  { channels }: OutputReport,
  accumulator: FloatAccumulator,
  highNoise: number[],
): string {
  const part = Math.max(
    ...highNoise.map(
      (channel) =>
        (accumulator.noise[channel] ?? 0) / (accumulator.scales[channel] ?? 1),
    ),
  );
  return (
    `the source itself is too noisy: in ${highNoise.length} of ${channels} channels its float32 differs from its float64 by ` +
    `up to ${short(part)} of the values; compute the references on CPU without TF32, or set a tolerance`
  );
}

function policyOutcome(
  called: string,
  report: OutputReport,
  tolerance: Tolerance,
): Outcome | null {
  const excess = policyExcess(report, tolerance);
  if (!excess) return null;

  return wrong(
    `${called} differs by more than the tolerance in conversion.yaml (${excess}); ${report.worst ? worstText(report.worst) : ""}`,
  );
}

function passText(
  called: string,
  { max_abs, would_notice }: OutputReport,
): string {
  return `${called} equals the source (largest error ${short(max_abs ?? 0)}; differences above ${short(would_notice ?? 0)} would have been detected)`;
}
