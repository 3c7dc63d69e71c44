import type { OutputReport } from "../validate/output-report.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { BoxPair } from "./html/boxes.ts";

/** What parity found for each output; a verdict without it gives none. */
export function outputsOf(verdict: Verdict): OutputReport[] {
  return detailsOf(verdict, "parity").flatMap(({ outputs }) =>
    listOf(outputs).filter(isOutput),
  );
}

/** What was found for tensors before the outputs, by both checks that look at them. */
export function intermediateOf(verdict: Verdict): OutputReport[] {
  const both = [
    ...detailsOf(verdict, "behaviour"),
    ...detailsOf(verdict, "parity"),
  ];
  return both.flatMap(({ intermediate }) =>
    listOf(intermediate).filter(isOutput),
  );
}

/** The boxes of both sides, per picture. */
export function boxPairsOf(
  verdict: Verdict,
  check: "parity" | "behaviour" = "parity",
): BoxPair[] {
  return detailsOf(verdict, check).flatMap(({ boxes }) =>
    listOf(Array.isArray(boxes) ? boxes : [boxes]).filter(isPair),
  );
}

/** Details are open in the document's schema, so that what is read here is checked here. */
function detailsOf(
  { checks }: Verdict,
  name: string,
): Record<string, unknown>[] {
  return checks
    .filter(({ check }) => check === name)
    .map(({ details }) => details);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isOutput(value: unknown): value is OutputReport {
  const output = value as Partial<OutputReport> | null;
  return (
    typeof output?.name === "string" &&
    typeof output.status === "string" &&
    Array.isArray(output.shape)
  );
}

function isPair(value: unknown): value is BoxPair {
  const pair = value as Partial<BoxPair> | null;
  return (
    typeof pair?.case === "string" && isBoxes(pair.source) && isBoxes(pair.edge)
  );
}

function isBoxes(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((box) => Array.isArray(box) && box.every(Number.isFinite))
  );
}
