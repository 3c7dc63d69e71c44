import { hashBytes } from "../disk/hash-file.ts";
import { type PushRecord, parsedHistory, parsedPush } from "./note-history.ts";

/** What a note of ours is about, as data: nobody reads it back out of its words. */
export interface NoteFacts {
  /** The job that wrote it. */
  kind: "run" | "land" | "promotion";
  /** Branch of the store; null where the run stopped before it knew one. */
  branch: string | null;
  /** Its commit that was looked at; null where none was. */
  commit: string | null;
  /** A stable word: what became of it. */
  outcome: string;
}

/** First line of our notes: an HTML comment that nobody sees, by which the next run finds its note again. */
export interface Marker {
  /** Tells apart the notes of several components in one merge request. */
  key: string;
  /** Number of the pipeline in its project: the newer one wins. */
  iid: number;
  /** Head commit. */
  sha: string;
  /** Null in a note that was written before there were any. */
  facts: NoteFacts | null;
  /** Set where a note of another author took this one's place. */
  superseded?: true;
  /** What this note says, for the one that takes its place. */
  push?: PushRecord;
  /** What earlier ones said, the newest first. */
  history?: readonly PushRecord[];
}

const MARKER = /^<!-- model-to-edge (\{[^\n]*\}) -->/;
/** As it was before version 2: without facts. */
const FIRST =
  /^<!-- model-to-edge:note v=1 key=([0-9a-f]{16}) iid=(\d{1,15}) sha=([0-9A-Za-z]{0,64}) -->/;

const HOLDS_FACTS = 2;

/** Any text as a key that fits into the marker. */
export function markerKey(text: string): string {
  return hashBytes(text).slice(0, 16);
}

/** The note's whole text: the marker, then the body. */
export function withMarker(marker: Marker, body: string): string {
  const { key, iid, sha, facts, superseded, push, history } = marker;
  const data = {
    ...{ version: HOLDS_FACTS, key, iid, sha, facts, superseded },
    // As text: brackets stand in no marker.
    ...{ push, history: history && JSON.stringify(history) },
  };

  return `<!-- model-to-edge ${commentJson(data)} -->\n${body}`;
}

/** Null where the text is not a note of ours. */
export function readMarker(body: string): Marker | null {
  const [, text] = MARKER.exec(body) ?? [];
  if (text !== undefined) return parsedMarker(text);

  const [, key, iid, sha = ""] = FIRST.exec(body) ?? [];

  return key === undefined ? null : { key, iid: Number(iid), sha, facts: null };
}

/** JSON in which nothing can end the comment, or mean anything to a Markdown reader: the same data when it is parsed. */
function commentJson(data: unknown): string {
  return JSON.stringify(data).replace(/[^ \w{}",:.\\]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${hex(character.charCodeAt(at))}`)
      .join(""),
  );
}

function hex(code: number): string {
  return code.toString(16).padStart(4, "0");
}

function parsedMarker(text: string): Marker | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }

  const { key, iid, sha, facts, superseded, ...others } = data as Record<
    string,
    unknown
  >;
  if (typeof key !== "string" || typeof sha !== "string") return null;
  if (!Number.isSafeInteger(iid)) return null;

  const push = parsedPush(others.push);
  const history = parsedHistory(others.history);

  return {
    ...{ key, iid: Number(iid), sha, facts: parsedFacts(facts) },
    ...(superseded === true && { superseded }),
    ...(push && { push }),
    ...(history.length > 0 && { history }),
  };
}

function parsedFacts(facts: unknown): NoteFacts | null {
  const { kind, branch, commit, outcome } = (facts ?? {}) as Record<
    string,
    unknown
  >;
  if (kind !== "run" && kind !== "land" && kind !== "promotion") return null;
  if (!isTextOrNull(branch) || !isTextOrNull(commit)) return null;
  if (typeof outcome !== "string") return null;

  return { kind, branch, commit, outcome };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
