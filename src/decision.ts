import type { Failure, FailureKind } from "./errors.ts";

/**
 * Why a model may ship or not, for programs.
 * Ships: `equal` to its source, `warning`: equal, with a warning; `not-compared`: Git switched the comparison off.
 * Does not: `wrong`; `unproven`; `device`: one that was named would not load it; `warning-fails`: equal, with a warning
 * that counts as a failure here; `mismatch`: the checkpoint does not fit; `refused`: what the engine's process left is not
 * taken; `not-converted`: the user must change something;
 * `not-checked`: the machine or this program failed; `skipped`: nothing was asked.
 */
export type Why =
  | "equal"
  | "warning"
  | "not-compared"
  | "wrong"
  | "unproven"
  | "device"
  | "warning-fails"
  | "mismatch"
  | "refused"
  | "not-converted"
  | "not-checked"
  | "skipped";

/** May this model ship? Made once, by `decide`, and carried in the documents; reports, exit code and publication read it. */
export interface Decision {
  ships: boolean;
  why: Why;
  /** Rules that Git loosened for this model. */
  exceptions: string[];
}

/** What the checks found, as far as the decision needs it. */
export interface Found {
  outcome: "pass" | "warn" | "fail";
  reason: "equal" | "not-compared" | "wrong" | "unproven" | "device";
}

/** What one model's decision is made from. */
export interface DecisionQuestion {
  /** Null where nothing was judged. */
  found: Found | null;
  /** Null where nothing failed. */
  failure: Failure | null;
  /** `warn`: a warning counts as a failure. */
  failOn: "fail" | "warn";
  exceptions: readonly string[];
}

const SHIPS: readonly Why[] = ["equal", "warning", "not-compared"];

const NOT_JUDGED: readonly Why[] = ["not-converted", "not-checked"];

const WHY_FAILED: Record<FailureKind, Why> = {
  mismatch: "mismatch",
  refused: "refused",
  input: "not-converted",
  external: "not-checked",
  bug: "not-checked",
};

/** The one decision, from verdict, failure, `fail-on` and exceptions. */
export function decide(question: DecisionQuestion): Decision {
  const why = whyOf(question);
  return {
    ships: SHIPS.includes(why),
    why,
    exceptions: [...question.exceptions],
  };
}

function whyOf({ found, failure, failOn }: DecisionQuestion): Why {
  if (failure) return WHY_FAILED[failure.kind];
  if (!found) return "skipped";
  // Whatever a document says beside it, a verdict that failed never ships.
  if (found.outcome === "fail")
    return SHIPS.includes(found.reason) ? "wrong" : found.reason;
  if (found.outcome === "pass") return found.reason;

  return failOn === "warn" ? "warning-fails" : "warning";
}

const WORDS: Record<Why, string> = {
  equal: "may ship",
  warning: "may ship, with a warning",
  "not-compared": "may ship, not compared with its source model",
  wrong: "may not ship: wrong",
  unproven: "may not ship: unproven",
  device: "may not ship: a device would not load it",
  "warning-fails": "may not ship: a warning counts as a failure here",
  mismatch: "may not ship: the checkpoint does not fit",
  refused: "may not ship: its conversion wrote files that are not accepted",
  "not-converted": "could not be converted",
  "not-checked": "could not be checked",
  skipped: "skipped",
};

/** What is said of a model after its name. */
export function decisionWords({ why }: Pick<Decision, "why">): string {
  return WORDS[why];
}

/** What is said of several models that do not ship: what is true of each. */
export function decisionWordsOfAll(
  models: readonly Pick<Decision, "why">[],
): string {
  if (models.every(({ why }) => why === "not-converted"))
    return WORDS["not-converted"];
  if (models.every(({ why }) => NOT_JUDGED.includes(why)))
    return WORDS["not-checked"];

  return "may not ship";
}
