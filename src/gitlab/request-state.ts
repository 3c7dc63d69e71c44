import type { ProjectClient } from "./client.ts";
import { type GitContext, remoteBranches } from "./git.ts";
import { GitlabError } from "./gitlab-error.ts";
import { type Marker, readMarker } from "./note-marker.ts";

/** `unknown`: GitLab did not let us ask. */
export type PipelineState = "active" | "ended" | "unknown";

const ACTIVE = new Set([
  "created",
  "waiting_for_resource",
  "preparing",
  "pending",
  "running",
  "scheduled",
]);

/** Whether a pipeline of a merge request still goes on. */
export async function requestPipelineState(
  client: ProjectClient,
  iid: number,
): Promise<PipelineState> {
  const pipelines =
    (await orRefused(() => client.pipelinesOf(iid))) ??
    (await headPipeline(client, iid));
  if (pipelines === null) return "unknown";

  const states = pipelines.map((pipeline) =>
    String((pipeline as { status?: unknown } | null)?.status),
  );

  return states.some((state) => ACTIVE.has(state)) ? "active" : "ended";
}

/** Some tokens may read a merge request and not its pipelines. */
async function headPipeline(
  client: ProjectClient,
  iid: number,
): Promise<unknown[] | null> {
  const request = await orRefused(() => client.request(iid));
  const head = (request as { head_pipeline?: unknown } | null)?.head_pipeline;
  return head ? [head] : null;
}

/** Whether a Git branch is still there; null where nobody says. */
export async function gitBranchExists(
  ctx: GitContext,
  client: ProjectClient,
  name: string,
): Promise<boolean | null> {
  try {
    await client.branch(name);
    return true;
  } catch (error) {
    if (!(error instanceof GitlabError)) throw error;
    // An invisible project is 404 as well, with another message.
    if (
      error.status === 404 &&
      /branch/i.test(error.message.slice(error.message.lastIndexOf(": ")))
    )
      return false;
  }
  return (await remoteBranches(ctx))?.includes(name) ?? null;
}

/** The markers of our notes on a merge request, by whomever; none where we may not read them. */
export async function noteMarkers(
  client: ProjectClient,
  iid: number,
): Promise<Marker[]> {
  const notes = (await orRefused(() => client.notesOf(iid))) ?? [];
  const texts = notes.map((note) =>
    String((note as { body?: unknown } | null)?.body),
  );

  return texts.flatMap((text) => readMarker(text) ?? []);
}

/** Null where GitLab refuses, for want of rights; a server that fails is told. */
async function orRefused<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof GitlabError &&
      error.status >= 400 &&
      error.status < 500
    )
      return null;
    throw error;
  }
}
