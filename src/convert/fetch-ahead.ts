import type { Isolation } from "../engine/isolation-level.ts";

/** The model whose files may be fetched while others are converted. Sizes in bytes. */
export interface AheadQuestion {
  /** Null where no engine runs. */
  level: Isolation["level"] | null;
  /** Of the next model's files. */
  next: number;
  /** Of the files of those that are converted meanwhile, together. */
  running: number;
  /** On the disk of the private place. */
  free: number;
}

/** What a conversion may need beside its inputs: the engine's outputs and references, and their copy. */
const TIMES_INPUTS = 4;
const AT_LEAST = 2 ** 30;

/**
 * Can an engine reach files that are fetched beside it? Namespaces and Landlock show it nothing but its own model, and
 * another user does not get into the runner's folders. Without isolation it could change what was already proved.
 */
export function isOutOfReach(level: Isolation["level"] | null): boolean {
  return level !== "none";
}

/** May the next model's files be fetched now? Not where the engine reaches them, or where they could fill its disk. */
export function mayFetchAhead(question: AheadQuestion): boolean {
  const { level, next, running, free } = question;
  const kept = TIMES_INPUTS * running + AT_LEAST;

  return isOutOfReach(level) && free - next >= kept;
}
