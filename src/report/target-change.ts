import { formatBytes } from "../text/format-bytes.ts";
import type { Change } from "../version/change.ts";
import { proseParts } from "./markdown.ts";

/** What a merge request changes of one model, against the branch that it will be merged into. */
export interface TargetChange {
  /** What the target branch has; null where the model is new there. */
  was: { bytes: number } | null;
  is: { bytes: number };
  /** The same files, byte for byte. */
  same: boolean;
  /** Of the contract, the gravest first; null where one of them has none. */
  contract: readonly Change[] | null;
  /** How long one run takes beside the target's model, both measured in turns; null where that was not measured. */
  latency: number | null;
}

/** All changes of a run, by the model's name. */
export interface TargetChanges {
  /** The data branch that is merged into. */
  target: string;
  models: ReadonlyMap<string, TargetChange>;
}

/** Differences of the contract that a cell has room for. */
const SHOWN = 2;

/** One cell of the note's table, GitLab's Markdown: contract, size, latency. */
export function changeCell(change: TargetChange | undefined): string {
  if (!change) return "–";
  const { was, is, same, contract, latency } = change;
  if (!was) return `new, ${formatBytes(is.bytes)}`;
  if (same) return "the same";

  return [
    contract && contractWords(contract),
    `size ${formatBytes(was.bytes)} → ${formatBytes(is.bytes)}`,
    latency !== null && `time ${percent(latency)}`,
  ]
    .filter(Boolean)
    .join("; ");
}

function contractWords(changes: readonly Change[]): string {
  if (changes.length === 0) return "same contract";

  const isBreaking = changes.some(({ level }) => level === "breaking");
  const shown = changes.slice(0, SHOWN).map(({ parts }) => proseParts(parts));
  const more = changes.length - SHOWN;
  const rest = more > 0 ? [`${more} more`] : [];

  return `${isBreaking ? "**breaking**" : "compatible"}: ${[...shown, ...rest].join("; ")}`;
}

/** A ratio as a change: `+4 %`, `±0 %`. */
function percent(ratio: number): string {
  const change = Math.round((ratio - 1) * 100);
  return change === 0
    ? "±0 %"
    : `${change > 0 ? "+" : "−"}${Math.abs(change)} %`;
}
