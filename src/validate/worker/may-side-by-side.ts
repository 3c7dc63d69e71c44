import type { CheckName } from "../checks/registry.ts";

/** In bytes: their models are loaded twice, and the references' cases wait in memory. */
const MOST = { model: 256 << 20, references: 256 << 20 };

/** Scores of classes are compared in no time: then the threads cost more than they give back. */
const COMPARED_RANK = 3;

interface Facts {
  checks: readonly CheckName[];
  /** In bytes, with external data. */
  model: number;
  /** In bytes. */
  references: number;
  /** It is run window by window, which takes from the room of the checks. */
  hasWindows: boolean;
  /** Ranks of the outputs, null where the graph does not say. */
  outputRanks: readonly (number | null)[];
  /** Their codes are given in the order in which they are read. */
  hasTexts: boolean;
  cores: number;
}

/** Whether checks are first run side by side: pure. What they find does not depend on it. */
export function maySideBySide({
  checks,
  model,
  references,
  outputRanks,
  hasWindows,
  hasTexts,
  cores,
}: Facts): boolean {
  const [first, ...others] = checks;

  return (
    first === "load" &&
    others.length > 1 &&
    references > 0 &&
    cores > 1 &&
    outputRanks.some((rank) => rank === null || rank >= COMPARED_RANK) &&
    !hasWindows &&
    !hasTexts &&
    model <= MOST.model &&
    references <= MOST.references
  );
}
