import type { ProjectClient } from "./client.ts";
import { mergedRequest, type Push } from "./merged-requests.ts";

// What GitLab's button and `git revert` write into the message of a commit.
const OF_REQUEST = /^This reverts merge request \S*!(\d+)\.?\s*$/gim;
const OF_COMMIT = /^This reverts commit ([0-9a-f]{40,64})\b/gim;

/** Numbers of the merged requests that the commits of this one take back, without repeats. */
export async function revertedRequests(
  client: Pick<ProjectClient, "commitsOf" | "mergeRequestsOf">,
  push: Pick<Push, "branch" | "projectId">,
  iid: number,
): Promise<number[]> {
  const messages = (await client.commitsOf(iid)).map(messageOf);
  const named = messages.flatMap((message) =>
    [...message.matchAll(OF_REQUEST)].map(([, number]) => Number(number)),
  );

  const commits = messages.flatMap((message) =>
    [...message.matchAll(OF_COMMIT)].flatMap(([, sha]) => sha ?? []),
  );

  const answers = await Promise.all(
    [...new Set(commits)].map((sha) => client.mergeRequestsOf(sha)),
  );

  const found = answers
    .flat()
    .flatMap((answer) => mergedRequest(push, answer) ?? []);

  return [
    ...new Set([...named, ...found.map((request) => request.iid)]),
  ].filter((number) => number !== iid);
}

function messageOf(commit: unknown): string {
  const { message } = (commit ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : "";
}
