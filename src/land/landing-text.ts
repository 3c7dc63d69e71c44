import type { MergedRequest } from "../gitlab/merged-requests.ts";
import { someNames } from "../text/some-names.ts";
import {
  BRANCH_KEY,
  type JudgedModel,
  LANDED_KEY,
  type LandJob,
  REQUEST_KEY,
  REQUEST_URL_KEY,
} from "./landing.ts";

/** The data branch that lands, its commit, and its models. */
export interface LandedData {
  source: string;
  at: string;
  models: readonly JudgedModel[];
}

/** What the store's log says of a landing, for people and for a retried job. */
export function landingText(
  { gitSha, pipelineUrl }: Pick<LandJob, "gitSha" | "pipelineUrl">,
  { iid, url, sourceBranch }: MergedRequest,
  { source, at, models }: LandedData,
): { message: string; metadata: Record<string, string> } {
  const names = models.map(({ name, state }) =>
    state === "removed" ? `without ${name}` : name,
  );

  const facts: Record<string, string | null> = {
    [LANDED_KEY]: at,
    [BRANCH_KEY]: source,
    [REQUEST_KEY]: String(iid),
    "model-to-edge.git-ref": sourceBranch,
    "model-to-edge.git-sha": gitSha,
    [REQUEST_URL_KEY]: url,
    "::lakefs::GitLab::url[url:ui]": pipelineUrl,
  };

  const known = Object.entries(facts).filter((fact): fact is [string, string] =>
    Boolean(fact[1]),
  );

  return {
    message: `land ${source} (!${iid}): ${someNames(names) || "no models"}`,
    metadata: Object.fromEntries(known),
  };
}
