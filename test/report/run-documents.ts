import { STRICT } from "../../src/config/policy.ts";
import { decisionOf } from "../../src/convert/conversion.ts";
import type { ConvertedModel } from "../../src/convert/convert-model.ts";
import type { Failure, FailureKind } from "../../src/errors.ts";
import { placesOf } from "../../src/model/layout.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Plan, PlannedModel } from "../../src/plan/plan.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { buildSummary } from "../../src/report/build-summary.ts";
import type { ReportModel } from "../../src/report/report-model.ts";
import type { Summary } from "../../src/report/summary.ts";
import { toMessage } from "../../src/text/message.ts";
import { resultOf } from "../../src/validate/check-result.ts";
import { decideVerdict, type Verdict } from "../../src/validate/verdict.ts";
import { sampleConversion } from "../support/report-samples.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

/** What happened to the one model of a run. */
export interface RunQuestion {
  failOn: "fail" | "warn";
  /** What its checks found. */
  checks?: "pass" | "warn" | "wrong" | "unproven";
  /** Why it could not be converted. */
  failure?: FailureKind;
  /** Its verdict is that of an earlier run. */
  reused?: boolean;
}

/** All documents that a run leaves behind, made by the functions that make them. */
export interface RunDocuments {
  plan: Plan;
  converted: ConvertedModel;
  summary: Summary;
  models: ReportModel[];
}

const PUBLICATION: Publication = {
  kind: "publication",
  version: 1,
  status: "none",
  commit: null,
  url: null,
  reason: null,
  fetch: null,
  verify: null,
  models: [],
  removed: [],
  failure: null,
  signed: false,
};

export function runDocuments(question: RunQuestion): RunDocuments {
  const found = question.checks ? verdictOf(question.checks) : null;
  const model = plannedModel({
    published: question.reused && found ? manifestOf(found) : null,
  });

  const plan = samplePlan({ fail_on: question.failOn, models: [model] });
  const converted = convertedAs(question, { plan, model, found });
  const { conversion, verdict } = converted;

  const summary = buildSummary({
    plan,
    conversions: [conversion],
    verdicts: new Map(verdict ? [["det", verdict]] : []),
    performances: new Map(),
    publication: PUBLICATION,
    places: (name) =>
      placesOf(name, { model: "model", edge: "edge", evidence: "evidence" }),
  });

  const models = summary.models.map((of) => ({
    summary: of,
    conversion,
    verdict,
    previews: [],
    contract: null,
    performance: null,
    published: null,
  }));

  return { plan, converted, summary, models };
}

function convertedAs(
  { failure: kind, reused = false }: RunQuestion,
  {
    plan,
    model,
    found,
  }: { plan: Plan; model: PlannedModel; found: Verdict | null },
): ConvertedModel {
  const failure: Failure | null = kind
    ? { kind, code: "code", message: "it broke", hint: "mend it" }
    : null;

  const conversion = sampleConversion({
    name: "det",
    status: failure ? "failed" : reused ? "unchanged" : "converted",
    failure,
    ...decisionOf(model, plan, { found, failure }),
  });

  return { conversion, verdict: reused ? null : found, performance: null };
}

function verdictOf(checks: NonNullable<RunQuestion["checks"]>): Verdict {
  const isRed = checks === "wrong" || checks === "unproven";
  const finding = {
    status: isRed ? "fail" : checks,
    ...(isRed ? { kind: checks } : {}),
    message: toMessage("the outputs were looked at"),
    details: {},
  } as const;

  return decideVerdict("det", [resultOf("parity", finding)], STRICT, "");
}

function manifestOf({ outcome, reason, answer, because }: Verdict): Manifest {
  if (outcome === "fail") throw new Error("a red model is never published");
  const hash = "ab".repeat(32);

  return {
    kind: "manifest",
    version: 3,
    name: "det",
    engine: "toy",
    fingerprint: { spec: hash, exec: hash, verdict: hash },
    inputs: [],
    files: [],
    verdict: { outcome, reason, answer, because },
  };
}
