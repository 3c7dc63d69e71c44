import type { CheckResult, ResultOf } from "../validate/check-result.ts";
import type { CheckName } from "../validate/checks/registry.ts";
import type { OutputReport } from "../validate/output-report.ts";
import type { DecisionPictures } from "../validate/parity/case-pictures.ts";
import type { ParityDetails } from "../validate/parity/conclude-parity.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { BoxPair } from "./html/boxes.ts";

/** What parity found for each output; a verdict without it gives none. */
export function outputsOf({ checks }: Pick<Verdict, "checks">): OutputReport[] {
  return resultsOf(checks, "parity").flatMap(
    ({ details }) => details.outputs ?? [],
  );
}

/** What was found for tensors before the outputs, by both checks that look at them. */
export function intermediateOf({ checks }: Verdict): OutputReport[] {
  return [
    ...resultsOf(checks, "behaviour"),
    ...resultsOf(checks, "parity"),
  ].flatMap(({ details }) => details.intermediate ?? []);
}

/** The boxes of both sides, per picture. */
export function boxPairsOf(
  { checks }: Pick<Verdict, "checks">,
  check: "parity" | "behaviour" = "parity",
): BoxPair[] {
  return resultsOf(checks, check).flatMap(({ details }) => details.boxes ?? []);
}

/** The cases that counted as evidence, with the file of a sample. */
export function casesOf({
  checks,
}: Pick<Verdict, "checks">): ParityDetails["cases"] {
  return resultsOf(checks, "parity").flatMap(
    ({ details }) => details.cases ?? [],
  );
}

/** What a classifier or a segmentor decides in its samples. */
export function decisionsOf({
  checks,
}: Pick<Verdict, "checks">): DecisionPictures {
  const parity = resultsOf(checks, "parity");
  return {
    classes: parity.flatMap(({ details }) => details.classes ?? []),
    masks: parity.flatMap(({ details }) => details.masks ?? []),
  };
}

/** Results of one check, whose details the document's schema holds to. */
export function resultsOf<N extends CheckName>(
  checks: readonly CheckResult[],
  name: N,
): ResultOf<N>[] {
  return checks.filter(
    (result): result is ResultOf<N> => result.check === name,
  );
}
