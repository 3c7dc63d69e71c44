import type { Context } from "../context.ts";
import { GitlabError } from "./gitlab-error.ts";
import { fitNote, type Marker, markerKey, withMarker } from "./note-body.ts";
import { type Exchanged, exchangeNote } from "./note-exchange.ts";
import type { GitlabPatience } from "./patience.ts";
import type { Pipeline } from "./pipeline.ts";

export interface NoteRequest {
  pipeline: Pipeline;
  /** Name of the variable that holds the token. */
  tokenVariable: string;
  /** Markdown. */
  body: string;
  /** Any text that is the same in the next run of this job and differs between jobs. */
  key: string;
  patience?: GitlabPatience;
}

export interface NoteOutcome {
  status: Exchanged["status"] | "skipped" | "failed";
  /** For the log: what happened, and what to do about it. */
  line: string;
  url: string | null;
}

const TOKEN_KIND =
  "a masked variable with a project access token, scope api, role Reporter or higher";

const LINES: Record<Exchanged["status"], string> = {
  posted: "posted",
  updated: "updated",
  unchanged: "already says this",
  older: "left as it is: it is from a newer pipeline",
};

/**
 * Keeps one note on the merge request up to date. Its identity is a marker in its first line and our own author; an older
 * pipeline never overwrites a newer one's. What GitLab refuses is told in one line and never thrown.
 */
export async function postNote(
  ctx: Pick<Context, "environment" | "fetch" | "now" | "signal">,
  { pipeline, tokenVariable, body, key, patience }: NoteRequest,
): Promise<NoteOutcome> {
  const { merge_request: mergeRequest } = pipeline.source;
  if (!pipeline.note.allowed || !mergeRequest)
    return skipped(pipeline.note.reason ?? "there is no merge request");

  const { api } = pipeline.links;
  if (api === null) return skipped("CI_API_V4_URL is not set");

  const token = ctx.environment.named(tokenVariable);
  if (!token)
    return skipped(
      `the variable ${tokenVariable} is empty; it must be ${TOKEN_KIND}`,
    );

  const { createClient } = await import("./client.ts");
  const statusOf = (error: unknown) =>
    error instanceof GitlabError ? error.status : null;
  const client = createClient(ctx, {
    apiUrl: api,
    token,
    mergeRequest: {
      projectId: mergeRequest.project_id,
      iid: mergeRequest.iid,
    },
    ...(patience && { patience }),
  });

  const marker: Marker = {
    key: markerKey(key),
    iid: pipeline.iid,
    sha: pipeline.source.git_sha ?? "",
  };

  const linkTo = (id: number) =>
    mergeRequest.url && `${mergeRequest.url}#note_${id}`;
  const bodyWith = (refused: readonly number[]) =>
    noteText(marker, body, refused.map(linkTo), pipeline.links.job);

  try {
    const { status, id } = await exchangeNote({
      client,
      marker,
      bodyWith,
      statusOf,
    });

    const url = linkTo(id);
    return { status, line: `${LINES[status]}${url ? `: ${url}` : ""}`, url };
  } catch (error) {
    ctx.signal.throwIfAborted();

    const status = statusOf(error);
    if (status === null) throw error;

    const isJobToken =
      token === ctx.environment.ci.jobToken || token.startsWith("glcbt-");
    const hint = isJobToken ? JOB_TOKEN : hintFor(status, tokenVariable);

    return {
      status: "failed",
      line: `not written: ${(error as Error).message}${hint && `; ${hint}`}`,
      url: null,
    };
  }
}

const JOB_TOKEN = `a job token cannot write notes: use ${TOKEN_KIND}`;

function hintFor(status: number, tokenVariable: string): string {
  if (status === 401)
    return `the token in ${tokenVariable} is wrong, revoked or expired`;
  if (status === 403)
    return `the token in ${tokenVariable} may not write notes; it must have scope api and role Reporter or higher`;
  if (status === 404)
    return `the token in ${tokenVariable} does not see the project; it needs the role Reporter or higher`;

  return "";
}

function skipped(reason: string): NoteOutcome {
  return { status: "skipped", line: `not written: ${reason}`, url: null };
}

function noteText(
  marker: Marker,
  body: string,
  refused: readonly (string | null)[],
  jobUrl: string | null,
): string {
  const old = refused
    .filter((url) => url !== null)
    .map((url) => `[earlier note](${url})`);

  const replaced =
    old.length > 0
      ? `\n\nThis takes the place of an ${old.join(", an ")}, which this token may not change.`
      : "";

  const tail = `… cut here, it was too long: ${jobUrl ? `the rest is in the report of [the job](${jobUrl}).` : "the rest is in the job's report."}`;

  return fitNote(withMarker(marker, body.trimEnd() + replaced), tail);
}
