import type { Policy } from "../config/policy.ts";
import type { Found } from "../decision.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { Explanation } from "../text/explanation.ts";
import { code, message, type Part, sentence } from "../text/message.ts";
import { CASE_REFUSED } from "./case-refused.ts";
import { OPTIMISER_CHANGES } from "./changed-by-optimiser.ts";
import type { CheckResult } from "./check-result.ts";
import { nextStep } from "./checks/registry.ts";
import { short } from "./output-report.ts";

/** `models/<name>/verdict.json`: the outcome of all checks on one model, and why. Whether it ships is decided from this. */
export interface Verdict extends Found, Explanation {
  kind: "verdict";
  version: 2;
  name: string;
  /** Of the conversion that it judges; absent: of a folder, nothing was converted. */
  fingerprint?: Fingerprint;
  /** One command that shows it again. */
  reproduce: string;
  policy: Policy;
  checks: CheckResult[];
}

/** The outcome and why, from the checks' results in their order. */
export function decideVerdict(
  name: string,
  checks: CheckResult[],
  policy: Policy,
  reproduce: string,
): Verdict {
  const failed = checks.filter(({ status }) => status === "fail");
  const unproved =
    failed.length === 0 && !hasParity(checks, policy) ? [noParity(checks)] : [];
  const all = [...checks, ...unproved];
  const reasons = [...failed, ...unproved];

  return {
    kind: "verdict",
    version: 2,
    name,
    ...(reasons.length > 0
      ? failure(reasons)
      : success(checks, policy.off.includes("parity"))),
    reproduce,
    policy,
    checks: all,
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
  const why = skip ? sentence` (${skip.message.parts})` : [];

  return {
    check: "parity",
    status: "fail",
    kind: "unproven",
    message: message(
      "not-compared",
      sentence`nothing was compared with the source model${why}`,
    ),
    details: {},
  };
}

/** Evidence against the model comes before a device's table, and that before missing evidence; the first reason in full, the others by name. */
function failure(reasons: readonly CheckResult[]): Found & Explanation {
  const isTable = ({ check }: CheckResult) => check === "profile";
  const wrong = reasons.filter(({ kind }) => kind !== "unproven");
  const against = [
    ...wrong.filter((result) => !isTable(result)),
    ...wrong.filter(isTable),
  ];

  const [first, ...others] = against.length > 0 ? against : reasons;
  const reason =
    against.length === 0
      ? "unproven"
      : against.every(isTable)
        ? "device"
        : "wrong";

  return {
    outcome: "fail",
    reason,
    answer: first ? answerOf(first) : [],
    because: first ? because(first, others) : [],
    next: first && against.length > 0 ? nextOf(first) : [],
  };
}

function answerOf({ check, kind }: CheckResult): Part[] {
  return kind === "unproven"
    ? sentence`the check ${code(check)} had too little evidence`
    : sentence`the check ${code(check)} failed`;
}

function because(first: CheckResult, others: readonly CheckResult[]): Part[] {
  const cause = first.message.parts;
  if (others.length === 0) return cause;

  const names = others.map(({ check }) => check).join(", ");

  return sentence`${cause}. Also failed: ${names}`;
}

/** Instead of the check's own: a case that does not even run says nothing about what the check asks. */
const NEXT_BY_CODE: Readonly<Record<string, string>> = {
  [CASE_REFUSED]:
    "Export the model for the inputs of the references, or correct the references",
  [OPTIMISER_CHANGES]:
    "A device with ONNX Runtime would compute this too. Write that part of the model in other operators, or export it with another opset, and report the graph to ONNX Runtime",
};

function nextOf({ check, message: { code } }: CheckResult): Part[] {
  const text = NEXT_BY_CODE[code] ?? nextStep(check);
  return text ? [{ text }] : [];
}

function success(
  checks: readonly CheckResult[],
  isUncompared: boolean,
): Found & Explanation {
  const warnings = checks.filter(({ status }) => status === "warn");
  const answer = isUncompared
    ? [
        {
          text: "it was not compared with its source model: conversion.yaml switches parity off",
        },
      ]
    : equalTo(checks);

  return {
    outcome: warnings.length > 0 ? "warn" : "pass",
    reason: isUncompared ? "not-compared" : "equal",
    answer,
    because: warningsOf(warnings),
    next: [],
  };
}

function warningsOf(warnings: readonly CheckResult[]): Part[] {
  if (warnings.length === 0) return [];
  const said = warnings.map(({ message: { parts } }) => parts);
  const title = warnings.length === 1 ? "warning" : "warnings";

  return sentence`${title}: ${listed(said, "; ")}`;
}

/** What was shown, and what would have been detected. */
function equalTo(checks: readonly CheckResult[]): Part[] {
  const outputs = checks.flatMap(({ check, details }) =>
    check === "parity" ? (details.outputs ?? []) : [],
  );

  const exact = outputs
    .filter(({ rule }) => rule === "exact")
    .map(({ name }) => [code(name)]);

  const limits = outputs
    .filter(({ would_notice }) => would_notice !== null)
    .map(
      ({ name, would_notice }) =>
        sentence`${short(would_notice ?? 0)} in ${code(name)}`,
    );

  const same = sentence`; every value of ${listed(exact)} is the same, except for ties`;
  const detected = sentence`; differences above ${listed(limits)} would have been detected`;

  return sentence`on ONNX Runtime (CPU) it matches its source model${exact.length > 0 ? same : []}${limits.length > 0 ? detected : []}`;
}

function listed(items: readonly Part[][], separator = ", "): Part[] {
  return items.flatMap((item, index) =>
    index === 0 ? item : [{ text: separator }, ...item],
  );
}
