import type { CheckName } from "../checks/registry.ts";

/** In bytes: their models are loaded twice, and the references' cases wait in memory. */
const MOST = { model: 256 << 20, references: 256 << 20 };

interface Facts {
  checks: readonly CheckName[];
  /** In bytes, with external data. */
  model: number;
  /** In bytes. */
  references: number;
  /** It is run window by window, which takes from the room of the checks. */
  hasWindows: boolean;
  /** Their codes are given in the order in which they are read. */
  hasTexts: boolean;
  cores: number;
}

/** Whether checks are first run side by side: pure. What they find does not depend on it. */
export function maySideBySide({
  checks,
  model,
  references,
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
    !hasWindows &&
    !hasTexts &&
    model <= MOST.model &&
    references <= MOST.references
  );
}
