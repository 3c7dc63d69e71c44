import type { Conversion } from "../convert/conversion.ts";
import type { ModelPlaces } from "../model/layout.ts";
import type { Plan } from "../plan/plan.ts";
import type { Publication } from "../publish/publication.ts";
import { type Span, spanOf } from "../timeline.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import type { Verdict } from "../validate/verdict.ts";
import { exitCodeOf } from "./exit-code.ts";
import { noticesOf } from "./notices.ts";
import { isFetchable } from "./reproduce.ts";
import { summariseModel } from "./summarise-model.ts";
import type { Summary, SummaryModel } from "./summary.ts";

export interface SummaryQuestion {
  plan: Plan;
  conversions: readonly Conversion[];
  verdicts: ReadonlyMap<string, Verdict>;
  performances: ReadonlyMap<string, Performance>;
  publication: Publication;
  /** Of ten thousand models that are unchanged only the light part stays in memory: see `Shelf`. */
  keep?(model: SummaryModel): SummaryModel;
  /** Where each model is published. */
  places(name: string): ModelPlaces;
}

/** All documents of a run in one: what happened to each model, what is published, and the exit code. */
export function buildSummary(question: SummaryQuestion): Summary {
  const { plan, publication, conversions } = question;
  const conversionOf = new Map(
    conversions.map((conversion) => [conversion.name, conversion]),
  );

  const models = plan.models.map((model) => {
    const summary = summariseModel({
      plan,
      model,
      conversion: conversionOf.get(model.name) ?? null,
      verdict: question.verdicts.get(model.name) ?? null,
      performance: question.performances.get(model.name)?.sentence ?? null,
      places: question.places(model.name),
      canFetch: isFetchable(publication),
    });

    return summary.status === "unchanged" && question.keep
      ? question.keep(summary)
      : summary;
  });

  const outcomes = plan.models.map(({ name, failure }, index) => ({
    failure: conversionOf.get(name)?.failure ?? failure,
    ships: models[index]?.ships ?? false,
  }));

  return {
    version: 2,
    source: sourceOf(plan),
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
      verify: publication.verify,
    },
    notices: noticesOf(plan, publication, conversions),
    ...timelineOf(plan, publication, conversions),
    exit_code: exitCodeOf([
      ...outcomes,
      { failure: publication.failure, ships: true },
    ]),
  };
}

/** From the documents of the steps; all conversions are one step of the run. */
function timelineOf(
  plan: Plan,
  publication: Publication,
  conversions: readonly Conversion[],
): Pick<Summary, "timeline"> {
  const spans = [
    ...(plan.timeline ?? []),
    ...wholeOf(conversions.flatMap(({ timeline = [] }) => timeline)),
    ...(publication.timeline ?? []),
  ];
  return spans.length > 0 ? { timeline: spans } : {};
}

/** From the first beginning to the last end, whatever ran beside another. */
function wholeOf(spans: readonly Span[]): Span[] {
  const froms = spans.map(({ started }) => Date.parse(started));
  const ends = spans.map(
    ({ seconds }, index) => (froms[index] ?? 0) + seconds * 1000,
  );
  const from = froms.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = ends.reduce((a, b) => Math.max(a, b), 0);

  return spans.length > 0
    ? [spanOf("convert", new Date(from), new Date(to))]
    : [];
}

function sourceOf({ source }: Plan): Summary["source"] {
  return {
    kind: source.kind,
    git_ref: source.git_ref,
    git_sha: source.git_sha,
    merge_request: source.merge_request?.iid ?? null,
    pipeline_url: source.pipeline_url,
    job_url: source.job_url,
  };
}
