import type { Policy } from "../config/policy.ts";
import { message, plain } from "../message.ts";
import { CASE_REFUSED } from "./case-refused.ts";
import type { CheckResult } from "./check-result.ts";
import { nextStep } from "./checks/registry.ts";
import { short } from "./output-report.ts";

/** `models/<name>/verdict.json`: the outcome of all checks on one model. */
export interface Verdict {
  kind: "verdict";
  version: 2;
  name: string;
  outcome: "pass" | "warn" | "fail";
  /** For a person who knows the model and not the tool. */
  sentence: string;
  /** One command that shows it again. */
  reproduce: string;
  policy: Policy;
  checks: CheckResult[];
}

/** The outcome and its sentence, from the checks' results in their order. */
export function decideVerdict(
  name: string,
  checks: CheckResult[],
  policy: Policy,
  reproduce: string,
): Verdict {
  const said = {
    name,
    reproduce,
    policy,
    checks,
    kind: "verdict",
    version: 2,
  } as const;

  const failed = checks.filter(({ status }) => status === "fail");
  const unproved =
    failed.length === 0 && !hasParity(checks, policy) ? [noParity(checks)] : [];
  const all = unproved.length > 0 ? [...checks, ...unproved] : checks;
  const reasons = [...failed, ...unproved];

  if (reasons.length > 0)
    return {
      ...said,
      checks: all,
      outcome: "fail",
      sentence: failSentence(name, reasons),
    };

  const warnings = checks.filter(({ status }) => status === "warn");
  const sentence = passSentence(name, checks, policy);
  if (warnings.length === 0) return { ...said, outcome: "pass", sentence };

  const noted = warnings.map(({ message }) => plain(message)).join("; ");

  return {
    ...said,
    outcome: "warn",
    sentence: `${sentence} To note: ${noted}.`,
  };
}

/** A pass needs a parity check that passed; switched off by reviewed policy it is not asked for. */
function hasParity(checks: readonly CheckResult[], policy: Policy): boolean {
  return (
    policy.off.includes("parity") ||
    checks.some(({ check, status }) => check === "parity" && status !== "skip")
  );
}

function noParity(checks: readonly CheckResult[]): CheckResult {
  const skip = checks.find(({ check }) => check === "parity");
  return {
    check: "parity",
    status: "fail",
    kind: "unproven",
    message: message(
      "not-compared",
      `nothing was compared with the source${skip ? ` (${plain(skip.message)})` : ""}`,
    ),
    details: {},
  };
}

/** Evidence against the model comes before a device's table, and that before missing evidence; the first reason in full, the others by name. */
function failSentence(name: string, reasons: readonly CheckResult[]): string {
  const byTable = ({ check }: CheckResult) => check === "profile";
  const wrong = reasons.filter(({ kind }) => kind !== "unproven");
  const against = [
    ...wrong.filter((reason) => !byTable(reason)),
    ...wrong.filter(byTable),
  ];

  const [first, ...others] = against.length > 0 ? against : reasons;
  const answer =
    against.length === 0
      ? "it is unproven"
      : against.every(byTable)
        ? "a device would not load it"
        : "it is wrong";

  const also =
    others.length > 0
      ? ` Also failed: ${others.map(({ check }) => check).join(", ")}.`
      : "";

  const next =
    against.length > 0 && first && nextOf(first) ? ` ${nextOf(first)}.` : "";

  return `${name} may not ship: ${answer}. ${first ? `${capital(plain(first.message))}.` : ""}${next}${also}`;
}

function passSentence(
  name: string,
  checks: readonly CheckResult[],
  policy: Policy,
): string {
  if (policy.off.includes("parity"))
    return `${name} may ship, but was not compared with its source: the policy switches parity off.`;

  const outputs = checks.flatMap(({ check, details }) =>
    check === "parity" ? (details.outputs ?? []) : [],
  );

  const limits = outputs
    .filter(({ would_notice }) => would_notice !== null)
    .map((output) => `${short(output.would_notice ?? 0)} in ${output.name}`);

  const exact = outputs
    .filter(({ rule }) => rule === "exact")
    .map((output) => output.name);

  const same =
    exact.length > 0
      ? `; each value of ${exact.join(", ")} is the same but for ties`
      : "";

  const notices =
    limits.length > 0
      ? `; a change of ${limits.join(", ")} would be noticed`
      : "";

  return `${name} may ship: on ONNX Runtime CPU it computes what its source computes${same}${notices}.`;
}

/** A case that does not even run says nothing about what the check asks. */
function nextOf({ check, message: { code } }: CheckResult): string | null {
  const isRefused = code === CASE_REFUSED;
  return isRefused
    ? "Export the model for the inputs of the references, or correct the references"
    : nextStep(check);
}

/** A file's name stays as it is. */
function capital(text: string): string {
  return /^\S+\.(onnx|json|safetensors)\b/.test(text)
    ? text
    : text.charAt(0).toUpperCase() + text.slice(1);
}
