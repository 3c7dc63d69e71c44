import type { RefusalKind } from "../transfer/errors.ts";

/** Status, a word of the message where that decides, meaning; the first that fits. */
const MEANINGS: readonly [number, RegExp | null, RefusalKind][] = [
  [400, /no changes/, "no-changes"],
  [400, /dirty branch|uncommitted changes/, "dirty"],
  [401, null, "auth"],
  [403, null, "protected"],
  [404, null, "missing"],
  [409, /not unique|already exists/, "exists"],
  [409, null, "conflict"],
  [410, null, "no-data"],
  [412, null, "hook"],
  [423, null, "busy"],
  [429, null, "busy"],
  // Two commits on one branch at once: the loser gets 500 `predicate failed`.
  [500, /predicate failed|currently locked/, "busy"],
  // A file of hooks that lakeFS cannot read stops everything, for good.
  [500, /hook aborted.*parsing file/s, "hook"],
  [502, null, "busy"],
  [503, null, "busy"],
  [504, null, "busy"],
];

/** The meaning of a REST answer that is not 2xx. */
export function refusalKind(status: number, message: string): RefusalKind {
  const found = MEANINGS.find(
    ([code, word]) => code === status && (word?.test(message) ?? true),
  );
  return found?.[2] ?? (status >= 500 ? "broken" : "other");
}
