import { createHash } from "node:crypto";

/** First line of our notes: an HTML comment that nobody sees, by which the next run finds its note again. */
export interface Marker {
  /** Tells apart the notes of several components in one merge request. */
  key: string;
  /** Number of the pipeline in its project: the newer one wins. */
  iid: number;
  /** Head commit. */
  sha: string;
}

const MARKER =
  /^<!-- model-to-edge:note v=1 key=([0-9a-f]{16}) iid=(\d{1,15}) sha=([0-9A-Za-z]{0,64}) -->/;
/** GitLab takes 1,000,000 characters. */
const LONGEST = 900_000;

/** Any text as a key that fits into the marker. */
export function markerKey(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

export function withMarker({ key, iid, sha }: Marker, body: string): string {
  return `<!-- model-to-edge:note v=1 key=${key} iid=${iid} sha=${sha.replace(/[^0-9A-Za-z]/g, "")} -->\n${body}`;
}

/** Null where the text is no note of ours. */
export function readMarker(body: string): Marker | null {
  const [, key, iid, sha] = MARKER.exec(body) ?? [];
  return key === undefined ? null : { key, iid: Number(iid), sha: sha ?? "" };
}

/** As the server keeps it: no carriage returns, nothing at the end. */
export function normalise(body: string): string {
  return body.replaceAll("\r", "").trimEnd();
}

/**
 * What GitLab cannot store is taken away, and a text that is too long is cut between two blocks; a fence or a fold that
 * is open there is closed, and the tail (Markdown) says where the rest is.
 */
export function fitNote(body: string, tail: string, longest = LONGEST): string {
  const clean = body
    .replaceAll("\u0000", "")
    .replace(/\p{Surrogate}/gu, "\ufffd");
  if (clean.length <= longest) return clean;

  const room = longest - tail.length - 200;
  const end = clean.lastIndexOf("\n\n", room);
  const kept = clean.slice(0, end > 0 ? end : room);

  return `${kept}${closing(kept)}\n\n${tail}`;
}

function closing(text: string): string {
  let fence = "";
  let folds = 0;

  for (const line of text.split("\n")) {
    const run = /^`{3,}/.exec(line)?.[0] ?? "";
    if (fence) {
      if (run.length >= fence.length && line === run) fence = "";
    } else if (run) fence = run;
    else if (line === "<details>") folds += 1;
    else if (line === "</details>") folds -= 1;
  }

  return `${fence && `\n${fence}`}${"\n\n</details>".repeat(Math.max(0, folds))}`;
}
