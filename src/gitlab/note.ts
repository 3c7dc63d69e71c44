import type { Context } from "../context.ts";
import type { Environment } from "../environment/environment.ts";
import type { GitlabClient } from "./client.ts";
import { GitlabError } from "./gitlab-error.ts";
import type { EarlierNotes } from "./marked-note.ts";
import { type NoteAccess, noteAccess, TOKEN_KIND } from "./note-access.ts";
import { fitNote } from "./note-body.ts";
import {
  type Exchanged,
  exchangeNote,
  type NoteMode,
} from "./note-exchange.ts";
import { type PushRecord, remembered } from "./note-history.ts";
import {
  type Marker,
  markerKey,
  type NoteFacts,
  withMarker,
} from "./note-marker.ts";
import type { GitlabPatience } from "./patience.ts";
import type { Pipeline } from "./pipeline.ts";
import { earlierText } from "./superseded-note.ts";

export interface NoteRequest {
  pipeline: Pipeline;
  /** Name of the variable that holds the token. */
  tokenVariable: string;
  /** Markdown. */
  body: string;
  /** Any text that is the same in the next run of this job and differs between jobs. */
  key: string;
  /** What the note is about. */
  facts: NoteFacts;
  /** The answer in one plain line: the next pipeline's note remembers it. */
  says: string;
  mode: NoteMode;
  /** What earlier pipelines said, as Markdown. */
  renderHistory(pushes: readonly PushRecord[]): string;
  patience?: GitlabPatience;
}

export interface NoteOutcome {
  status: Exchanged["status"] | "skipped" | "failed";
  /** For the log: what happened, and what to do about it. */
  line: string;
  url: string | null;
}

const LINES: Record<Exchanged["status"], string> = {
  posted: "posted",
  updated: "updated",
  unchanged: "already up to date",
  quiet:
    "not written: there is nothing to report and no earlier note to update",
  older: "left unchanged: it is from a newer pipeline",
};

type NoteContext = Pick<Context, "environment" | "fetch" | "now" | "signal">;

/**
 * Keeps one note on the merge request up to date. Its identity is a marker in its first line and our own author; an older
 * pipeline never overwrites a newer one's. What GitLab refuses is told in one line and never thrown.
 */
export async function postNote(
  ctx: NoteContext,
  request: NoteRequest,
): Promise<NoteOutcome> {
  const target = noteAccess(
    ctx.environment,
    request.pipeline,
    request.tokenVariable,
  );
  if (typeof target === "string") return skipped(target);

  const { url } = target;
  const client = await clientFor(ctx, target, request.patience);
  const linkTo = (id: number) => url && `${url}#note_${id}`;
  const marker = markerOf(request);
  const bodyWith = (earlier: EarlierNotes) =>
    noteText(request, marker, earlier, linkTo);

  try {
    const { mode } = request;
    const exchange = { client, marker, bodyWith, linkTo, statusOf, mode };
    const { status, id } = await exchangeNote(exchange);
    const link = id === null ? null : linkTo(id);

    return {
      status,
      line: `${LINES[status]}${link ? `: ${link}` : ""}`,
      url: link,
    };
  } catch (error) {
    ctx.signal.throwIfAborted();
    return refusal(error, ctx.environment, target.token, request.tokenVariable);
  }
}

async function clientFor(
  ctx: NoteContext,
  { api, token, projectId, iid }: NoteAccess,
  patience: GitlabPatience | undefined,
): Promise<GitlabClient> {
  const { createClient } = await import("./client.ts");
  return createClient(ctx, {
    apiUrl: api,
    token,
    mergeRequest: { projectId, iid },
    ...(patience && { patience }),
  });
}

function markerOf({ pipeline, key, facts }: NoteRequest): Marker {
  return {
    key: markerKey(key),
    iid: pipeline.iid,
    sha: pipeline.source.git_sha ?? "",
    facts,
  };
}

function statusOf(error: unknown): number | null {
  return error instanceof GitlabError ? error.status : null;
}

/** What GitLab did not allow, and what to do about it; anything else is thrown on. */
function refusal(
  error: unknown,
  { ci }: Environment,
  token: string,
  tokenVariable: string,
): NoteOutcome {
  if (!(error instanceof GitlabError)) throw error;
  const isJobToken = token === ci.jobToken || token.startsWith("glcbt-");
  const hint = isJobToken ? JOB_TOKEN : hintFor(error.status, tokenVariable);

  return {
    status: "failed",
    line: `not written: ${error.message}${hint && `; ${hint}`}`,
    url: null,
  };
}

const JOB_TOKEN = `a job token cannot write notes: use ${TOKEN_KIND}`;

function hintFor(status: number, tokenVariable: string): string {
  if (status === 401)
    return `the token in ${tokenVariable} is wrong, revoked or expired`;
  if (status === 403)
    return `the token in ${tokenVariable} may not write notes; it must have scope api and role Reporter or higher`;
  if (status === 404)
    return `the token in ${tokenVariable} cannot see the project; it needs the role Reporter or higher`;

  return "";
}

function skipped(reason: string): NoteOutcome {
  return { status: "skipped", line: `not written: ${reason}`, url: null };
}

function noteText(
  { body, pipeline, says, renderHistory, mode }: NoteRequest,
  marker: Marker,
  earlier: EarlierNotes,
  linkTo: (id: number) => string | null,
): string {
  const { job } = pipeline.links;
  const rest = job
    ? `the rest is in the report of [the job](${job}).`
    : "the rest is in the job's report.";

  // Where earlier notes stay, they say it themselves.
  const history = mode.keepsEarlier
    ? []
    : remembered(earlier.before, marker.iid);
  const folded = renderHistory(history);
  const own = { ...marker, push: { iid: marker.iid, says, job }, history };
  const text = `${body.trimEnd()}${folded && `\n\n${folded}`}${earlierText(earlier, linkTo)}`;

  return fitNote(
    withMarker(own, text),
    `… truncated because it was too long: ${rest}`,
  );
}
