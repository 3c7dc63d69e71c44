import type { OutputReport } from "../validate/output-report.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { BoxPair } from "./html/boxes.ts";

/** What parity found for each output; a verdict without it gives none. */
export function outputsOf(verdict: Verdict): OutputReport[] {
  return parityDetails(verdict).flatMap(({ outputs }) => listOf(outputs).filter(isOutput));
}

/** The boxes of both sides, per picture. */
export function boxPairsOf(verdict: Verdict): BoxPair[] {
  return parityDetails(verdict).flatMap(({ boxes }) => listOf(Array.isArray(boxes) ? boxes : [boxes]).filter(isPair));
}

/** Details are open in the document's schema, so that what is read here is checked here. */
function parityDetails({ checks }: Verdict): Record<string, unknown>[] {
  return checks.filter(({ check }) => check === "parity").map(({ details }) => details);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isOutput(value: unknown): value is OutputReport {
  const output = value as Partial<OutputReport> | null;
  return typeof output?.name === "string" && typeof output.status === "string" && Array.isArray(output.shape);
}

function isPair(value: unknown): value is BoxPair {
  const pair = value as Partial<BoxPair> | null;
  return typeof pair?.case === "string" && isBoxes(pair.source) && isBoxes(pair.edge);
}

function isBoxes(value: unknown): boolean {
  return Array.isArray(value) && value.every((box) => Array.isArray(box) && box.every(Number.isFinite));
}
