import type { ProjectClient } from "./client.ts";
import {
  inOrderOfMerge,
  type MergedRequest,
  mergedRequest,
  type Push,
} from "./merged-requests.ts";

/** Days that are looked back: a merge whose pipeline was cancelled, skipped or lost is found again within them. */
export const LOOK_BACK_DAYS = 30;

const DAY_MS = 86_400_000;

/**
 * Merge requests that were merged into the pushed branch in the last days, whatever became of their pipelines, in the
 * order in which they were merged. Throws `GitlabError` where the token may not list them.
 */
export async function earlierMerges(
  client: Pick<ProjectClient, "mergedInto">,
  push: Pick<Push, "branch" | "projectId">,
  now: Date,
): Promise<MergedRequest[]> {
  const since = new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS);
  const answers = await client.mergedInto(push.branch, since.toISOString());

  return answers
    .flatMap((answer) => mergedRequest(push, answer) ?? [])
    .filter(({ mergedAt }) => Date.parse(mergedAt) >= since.getTime())
    .sort(inOrderOfMerge);
}
