import type { Conversion } from "../convert/conversion.ts";
import type { Failure } from "../errors.ts";
import { plain } from "../message.ts";
import type { ModelPlaces } from "../model/layout.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import type { Publication } from "../publish/publication.ts";
import { shellQuote } from "../shell-quote.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import type { Verdict } from "../validate/verdict.ts";
import { exitCodeOf } from "./exit-code.ts";
import { foundOf } from "./headline.ts";
import type { Summary, SummaryModel } from "./summary.ts";

export interface SummaryQuestion {
  plan: Plan;
  conversions: readonly Conversion[];
  verdicts: ReadonlyMap<string, Verdict>;
  performances: ReadonlyMap<string, Performance>;
  publication: Publication;
  /** Where each model is published. */
  places(name: string): ModelPlaces;
}

/** All documents of a run in one: what happened to each model, what is published, and the exit code. */
export function buildSummary(question: SummaryQuestion): Summary {
  const { plan, publication } = question;
  const conversions = new Map(
    question.conversions.map((conversion) => [conversion.name, conversion]),
  );

  const models = plan.models.map((model) =>
    summarise(
      question,
      model,
      conversions.get(model.name),
      question.verdicts.get(model.name) ?? null,
    ),
  );

  const { source } = plan;
  const outcomes = plan.models.map((model, index) => ({
    failure: conversions.get(model.name)?.failure ?? model.failure,
    red: isRed(models[index], plan.fail_on),
  }));

  return {
    version: 1,
    source: {
      kind: source.kind,
      git_ref: source.git_ref,
      git_sha: source.git_sha,
      merge_request: source.merge_request?.iid ?? null,
      pipeline_url: source.pipeline_url,
      job_url: source.job_url,
    },
    store: {
      url: plan.store.url,
      branch: plan.store.branch,
      commit: plan.store.snapshot,
    },
    models,
    publication: {
      status: publication.status,
      commit: publication.commit,
      url: publication.url,
      reason: publication.reason,
      fetch: publication.fetch,
    },
    notices: noticesOf(plan, publication, question.conversions),
    exit_code: exitCodeOf([
      ...outcomes,
      { failure: publication.failure, red: false },
    ]),
  };
}

function summarise(
  question: SummaryQuestion,
  model: PlannedModel,
  conversion: Conversion | undefined,
  verdict: Verdict | null,
): SummaryModel {
  const failure = conversion?.failure ?? model.failure;
  const status =
    conversion?.status ??
    (model.decision === "unchanged"
      ? "unchanged"
      : model.failure
        ? "failed"
        : "skipped");

  const reused = status === "unchanged" ? model.published : null;
  const fingerprint = conversion?.fingerprint ?? model.fingerprint;
  const red = failure !== null || verdict?.outcome === "fail";

  return {
    name: model.name,
    engine: model.engine,
    status,
    verdict:
      verdict?.outcome ??
      reused?.verdict.outcome ??
      (failure?.kind === "mismatch" ? "fail" : null),
    sentence:
      failure?.message ??
      foundOf({
        name: model.name,
        sentence: verdict?.sentence ?? reused?.verdict.sentence ?? "",
      }),
    next: failure?.hint ?? "",
    reproduce: red
      ? runCommand(question.plan, model)
      : (verdict?.reproduce ?? ""),
    spec_fp: fingerprint?.spec ?? null,
    exec_fp: fingerprint?.exec ?? null,
    files: filesOf(question, model, conversion),
    reasons: reasonsOf(failure, verdict),
    performance: question.performances.get(model.name)?.sentence ?? null,
    isolation: conversion?.isolation ?? "",
    timings: conversion?.timings ?? {},
  };
}

function filesOf(
  question: SummaryQuestion,
  model: PlannedModel,
  conversion: Conversion | undefined,
) {
  const pick = ({
    path,
    sha256,
    size,
  }: {
    path: string;
    sha256: string;
    size: number;
  }) => ({ path, sha256, size });
  if (!conversion || conversion.status === "unchanged")
    return (model.published?.files ?? []).map(pick);

  const places = question.places(model.name);

  return conversion.files.map((file) =>
    pick({ ...file, path: places[file.place] + file.path }),
  );
}

function reasonsOf(
  failure: Failure | null,
  verdict: Verdict | null,
): SummaryModel["reasons"] {
  if (failure) return [{ check: failure.code, message: failure.message }];
  const worth =
    verdict?.checks.filter(
      ({ status }) => status === "fail" || status === "warn",
    ) ?? [];

  return worth.map(({ check, message }) => ({
    check,
    message: plain(message),
  }));
}

function runCommand({ store }: Plan, model: PlannedModel): string {
  const flags = [
    "--store",
    store.url,
    "--model-branch",
    store.branch,
    "--models",
    model.name,
    "--publish",
    "none",
  ];

  return `model-to-edge run ${flags.map(shellQuote).join(" ")}`;
}

function isRed(
  model: SummaryModel | undefined,
  failOn: Plan["fail_on"],
): boolean {
  return (
    model?.verdict === "fail" ||
    (model?.verdict === "warn" && failOn === "warn")
  );
}

function isReused(conversions: readonly Conversion[], name: string): boolean {
  return (
    conversions.find((conversion) => conversion.name === name)?.status ===
    "unchanged"
  );
}

function noticesOf(
  plan: Plan,
  publication: Publication,
  conversions: readonly Conversion[],
): string[] {
  const notices = [...plan.notices];
  if (plan.skipped !== null) notices.push(plan.skipped);

  const open = conversions
    .filter(({ isolation }) => isolation === "none")
    .map(({ name }) => name);
  if (open.length > 0)
    notices.push(`${open.join(", ")}: the engine ran without isolation`);

  for (const model of plan.models) {
    const isCovered =
      isReused(conversions, model.name) ||
      publication.models.includes(model.name);
    if (model.published && !isCovered)
      notices.push(
        `${model.name}: the published edge model is stale, it was made from other inputs`,
      );
  }

  for (const name of publication.removed)
    notices.push(
      `${name}: left ${plan.store.model_path}/, its edge model was removed`,
    );

  return notices;
}
