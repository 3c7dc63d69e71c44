import type { Manifest } from "../model/manifest.ts";
import type { Plan } from "../plan/plan.ts";

/** First line of the store's commit: what a reader of its log wants to know. */
export function commitMessage(
  published: readonly Manifest[],
  gone: readonly Manifest[],
): string {
  const names = published.map(({ name, verdict }) =>
    verdict.outcome === "warn" ? `${name} (with warnings)` : name,
  );

  const parts = [
    names.length > 0 ? `edge models: ${names.join(", ")}` : "",
    ...gone.map(({ name }) => `without ${name}`),
  ];

  return parts.filter((part) => part !== "").join("; ");
}

/** Facts of this very run: they belong to the commit, never into a published file. Values are strings. */
export function commitMetadata(plan: Plan): Record<string, string> {
  const { source, store } = plan;
  const facts: Record<string, string | null | undefined> = {
    "model-to-edge.input": store.snapshot,
    "model-to-edge.git-ref": source.git_ref,
    "model-to-edge.git-sha": source.git_sha,
    "model-to-edge.merge-request": source.merge_request?.iid.toString(),
    // lakeFS shows a key of this form as a button on the commit's page.
    "::lakefs::GitLab::url[url:ui]": source.pipeline_url,
  };

  return Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string] =>
      Boolean(fact[1]),
    ),
  );
}
