/** What a note said of one pipeline, in short: it travels in the marker of the note that took its place. */
export interface PushRecord {
  /** Number of the pipeline in its project. */
  iid: number;
  /** The note's first line, plain. */
  says: string;
  /** Page of the job, or null. */
  job: string | null;
}

/** Earlier pushes that a note remembers. */
const REMEMBERED = 10;
const LONGEST = 300;

/** The records of a new note: the one that it takes the place of, unless that is of the same pipeline, then that one's. */
export function remembered(
  before: { push?: PushRecord; history?: readonly PushRecord[] } | null,
  iid: number,
): PushRecord[] {
  const { push, history = [] } = before ?? {};
  const last = push ? [push] : [];

  return [...last, ...history]
    .filter((record) => record.iid !== iid)
    .slice(0, REMEMBERED);
}

/** A record from foreign JSON; null where it is none. */
export function parsedPush(data: unknown): PushRecord | null {
  const { iid, says, job } = (data ?? {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(iid) || typeof says !== "string") return null;

  return {
    iid: Number(iid),
    says: says.slice(0, LONGEST),
    job: typeof job === "string" ? job : null,
  };
}

/** As many records of foreign text as a note remembers. */
export function parsedHistory(text: unknown): PushRecord[] {
  const data = typeof text === "string" ? parsed(text) : null;
  if (!Array.isArray(data)) return [];

  return data
    .slice(0, REMEMBERED)
    .map(parsedPush)
    .filter((record) => record !== null);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
