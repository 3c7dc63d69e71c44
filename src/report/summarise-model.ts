import type { Conversion } from "../convert/conversion.ts";
import { type Decision, decide, type Why } from "../decision.ts";
import type { Failure } from "../errors.ts";
import type { ModelPlaces } from "../model/layout.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import { type Explanation, plainExplanation } from "../text/explanation.ts";
import { code, marked, sentence } from "../text/message.ts";
import { shellQuote } from "../text/shell-quote.ts";
import type { CheckResult } from "../validate/check-result.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { Reason, SummaryModel } from "./summary.ts";

export interface ModelDocuments {
  plan: Plan;
  model: PlannedModel;
  /** Null where no step came to it. */
  conversion: Conversion | null;
  verdict: Verdict | null;
  /** What was measured, in one line. */
  performance: string | null;
  /** Where the model is published. */
  places: ModelPlaces;
  /** The store holds it, if it may ship. */
  canFetch: boolean;
}

/** One model's part of the summary: everything is read from its documents, the decision too. */
export function summariseModel(documents: ModelDocuments): SummaryModel {
  const { plan, model, conversion, verdict, performance } = documents;
  const failure = conversion?.failure ?? model.failure;
  const status = statusOf(model, conversion);
  const reused = status === "unchanged" ? model.published : null;
  const found = verdict ?? reused?.verdict ?? null;
  const fingerprint = conversion?.fingerprint ?? model.fingerprint;
  const { ships, why, exceptions } = conversion ?? decideUndone(plan, model);
  const explanation = explain(failure, found, why);

  return {
    name: model.name,
    engine: model.engine,
    status,
    verdict: found?.outcome ?? (failure && isRed(failure) ? "fail" : null),
    ships,
    why,
    exceptions,
    sentence: plainExplanation(explanation),
    ...explanation,
    reproduce: reproduceOf(documents, ships),
    spec_fp: fingerprint?.spec ?? null,
    exec_fp: fingerprint?.exec ?? null,
    files: filesOf(documents),
    reasons: reasonsOf(failure, verdict),
    performance,
    isolation: conversion?.isolation ?? "",
    ...fixedOf(conversion),
    ...codeOf(model),
    ...(model.lineage ? { lineage: model.lineage } : {}),
    timings: conversion?.timings ?? {},
  };
}

/** As the engine says it, and `input.fixed` of `contract.json`. */
function fixedOf(conversion: Conversion | null): Pick<SummaryModel, "fixed"> {
  const said = conversion?.environment.fixed_axes ?? null;
  const axes = typeof said === "object" && said !== null ? said : {};
  const texts = Object.entries(axes).flatMap(([axis, why]) =>
    typeof why === "string" ? [[axis, why]] : [],
  );

  return texts.length > 0 ? { fixed: Object.fromEntries(texts) } : {};
}

function codeOf({ code }: PlannedModel): Pick<SummaryModel, "code"> {
  return code ? { code: { folder: code.folder, commit: code.commit } } : {};
}

function statusOf(
  model: PlannedModel,
  conversion: Conversion | null,
): SummaryModel["status"] {
  if (conversion) return conversion.status;
  if (model.decision === "unchanged") return "unchanged";
  return model.failure ? "failed" : "skipped";
}

/** Of a model that no step came to: from the plan alone. */
function decideUndone(
  { fail_on: failOn }: Plan,
  model: PlannedModel,
): Decision {
  const { decision, failure, published, policy } = model;
  const found = decision === "unchanged" ? (published?.verdict ?? null) : null;

  return decide({ found, failure, failOn, exceptions: policy.loosened });
}

const NEXT_WARNING = sentence`fix the cause of the warning, or accept warnings with ${code("fail-on: fail")}`;

/** Why the model was not converted, or what its verdict says: the new one, or the published one. */
function explain(
  failure: Failure | null,
  found: (Partial<Explanation> & Pick<Explanation, "answer">) | null,
  why: Why,
): Explanation {
  if (failure)
    return {
      answer: [],
      because: marked(failure.message),
      next: marked(failure.hint),
    };

  const { answer = [], because = [], next = [] } = found ?? {};
  if (why === "warning-fails") return { answer, because, next: NEXT_WARNING };

  return { answer, because, next };
}

function reproduceOf(documents: ModelDocuments, ships: boolean): string {
  const { verdict, canFetch } = documents;
  if (ships && verdict === null) return "";

  return ships && verdict && canFetch ? verdict.reproduce : runAgain(documents);
}

/** Of what is not published nobody has the files: only the whole run shows it again. */
function runAgain({ plan: { store }, model }: ModelDocuments): string {
  const flags = [
    "--store",
    store.url,
    "--model-branch",
    store.branch,
    "--models",
    model.name,
    "--publish",
    "none",
    ...(model.code ? ["--code-from", "git"] : []),
  ];

  return `model-to-edge run ${flags.map(shellQuote).join(" ")}`;
}

function filesOf({
  model,
  conversion,
  places,
}: ModelDocuments): SummaryModel["files"] {
  const files =
    !conversion || conversion.status === "unchanged"
      ? (model.published?.files ?? [])
      : conversion.files.map((file) => ({
          ...file,
          path: places[file.place] + file.path,
        }));

  return files.map(({ path, sha256, size }) => ({ path, sha256, size }));
}

function reasonsOf(failure: Failure | null, verdict: Verdict | null): Reason[] {
  if (failure) {
    const { code, message } = failure;
    return [{ check: code, status: "failed", code, parts: marked(message) }];
  }

  return (verdict?.checks ?? []).flatMap(reasonOf);
}

function reasonOf({ check, status, kind, message }: CheckResult): Reason[] {
  const { code, parts } = message;
  if (status === "warn") return [{ check, status: "warning", code, parts }];
  if (status !== "fail") return [];

  return [{ check, status: kind ?? "wrong", code, parts }];
}

/** Evidence against the model, as a failed check is. */
function isRed({ kind }: Failure): boolean {
  return kind === "mismatch" || kind === "refused";
}
