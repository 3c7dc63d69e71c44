import type { CheckResult } from "./check.ts";
import type { Policy } from "./policy.ts";

/** `models/<name>/verdict.json`: the outcome of all checks on one model. */
export interface Verdict {
  kind: "verdict";
  version: 1;
  name: string;
  outcome: "pass" | "warn" | "fail";
  /** For a person who knows the model and not the tool. */
  sentence: string;
  /** One command that shows it again. */
  reproduce: string;
  policy: Policy;
  checks: CheckResult[];
}
