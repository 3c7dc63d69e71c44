import type { ConvertedModel } from "../convert/convert-model.ts";
import type { Manifest } from "../model/manifest.ts";
import { SECONDS_KEY, secondsText } from "../plan/last-seconds.ts";
import type { Plan } from "../plan/plan.ts";
import { someNames } from "../text/some-names.ts";

/** First line of the store's commit: what a reader of its log wants to know. */
export function commitMessage(
  published: readonly Manifest[],
  gone: readonly Manifest[],
): string {
  const names = published.map(({ name, verdict }) =>
    verdict.outcome === "warn" ? `${name} (with warnings)` : name,
  );

  const removed = gone.map(({ name }) => name);
  const parts = [
    names.length > 0 ? `edge models: ${someNames(names)}` : "",
    removed.length > 0 ? `without ${someNames(removed)}` : "",
  ];

  return parts.filter((part) => part !== "").join("; ");
}

/**
 * Facts of this very run: they belong to the commit, never into a published file. Values are strings. `models`: what the
 * run made of them, for the seconds that the next plan goes by.
 */
export function commitMetadata(
  plan: Plan,
  models: readonly Pick<ConvertedModel, "conversion">[] = [],
): Record<string, string> {
  const { source, store } = plan;
  const facts: Record<string, string | null | undefined> = {
    "model-to-edge.input": store.snapshot,
    "model-to-edge.git-ref": source.git_ref,
    "model-to-edge.git-sha": source.git_sha,
    "model-to-edge.merge-request": source.merge_request?.iid.toString(),
    [SECONDS_KEY]: secondsText(secondsTaken(models)),
    // lakeFS shows a key of this form as a button on the commit's page.
    "::lakefs::GitLab::url[url:ui]": source.pipeline_url,
  };

  return Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string] =>
      Boolean(fact[1]),
    ),
  );
}

/** Of the models whose engine ran: what was only checked again, or taken over from a lost job, says nothing of it. */
function secondsTaken(models: readonly Pick<ConvertedModel, "conversion">[]) {
  return models
    .filter(({ conversion }) => conversion.status === "converted")
    .map(({ conversion: { name, timings } }) => ({
      name,
      seconds: Object.entries(timings)
        .filter(([stage]) => !stage.includes("."))
        .reduce((sum, [, seconds]) => sum + seconds, 0),
    }));
}
