import { type FileHandle, open } from "node:fs/promises";
import { isObject } from "../document/json-object.ts";
import { UsageError } from "../errors.ts";
import { isStoreBranch } from "./branch-name.ts";
import { topKeys } from "./top-keys.ts";

/** What lakeFS says of a push, as far as it is read. None of it is trusted before the store says the same. */
export interface PushEvent {
  event: string;
  repository: string;
  branch: string;
  /** 64 hex digits. */
  commit: string;
}

/** Bytes: a message and metadata of a commit are in it, too, which a person may have made long. */
const LARGEST = 1 << 20;
const LONGEST_BRANCH = 255;

const KNOWN = {
  event_type: (text: string) =>
    /^post-(commit|merge|revert|cherry-pick)$/.test(text),
  repository_id: (text: string) => /^[a-z0-9][a-z0-9-]{2,62}$/.test(text),
  branch_id: (text: string) =>
    text.length <= LONGEST_BRANCH && isStoreBranch(text),
  commit_id: (text: string) => /^[0-9a-f]{64}$/.test(text),
};
type Key = keyof typeof KNOWN;
const KEYS = Object.keys(KNOWN) as Key[];

/**
 * Reads the file of GitLab's variable `TRIGGER_PAYLOAD`. Null for the payload of something else than lakeFS. Throws
 * `UsageError` where it is too large, no JSON object, or not of the known form.
 */
export async function readTriggerPayload(
  file: string,
): Promise<PushEvent | null> {
  return parsePushEvent(await readBounded(file));
}

/** The same for its text. */
export function parsePushEvent(text: string): PushEvent | null {
  const data = pushIn(text);
  if (KEYS.every((key) => data[key] === undefined)) return null;

  // Each reader takes another one of two: which branch is meant is then not known.
  const names = topKeys(text);
  const twice = KEYS.find(
    (key) => names.indexOf(key) !== names.lastIndexOf(key),
  );
  if (twice !== undefined) throw wrong(`names ${twice} twice`);

  const read = (key: Key): string => {
    const value = data[key];
    if (typeof value === "string" && KNOWN[key](value)) return value;

    throw wrong(
      value === undefined
        ? `does not name ${key}`
        : `has another ${key} than lakeFS sends: ${JSON.stringify(value).slice(0, 80)}`,
    );
  };

  return {
    event: read("event_type"),
    repository: read("repository_id"),
    branch: read("branch_id"),
    commit: read("commit_id"),
  };
}

async function readBounded(file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, "r");
    const buffer = Buffer.alloc(LARGEST + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = (await handle.read(buffer, length, buffer.length - length))
        .bytesRead;
    if (length > LARGEST) throw wrong("is larger than 1 MiB");

    return new TextDecoder("utf-8", { fatal: true }).decode(
      buffer.subarray(0, length),
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw wrong(
      error instanceof TypeError ? "is not text" : "cannot be read",
      error,
    );
  } finally {
    await handle?.close();
  }
}

function pushIn(text: string): Record<string, unknown> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw wrong("is not JSON", error);
  }
  if (isObject(data)) return data;

  throw wrong("is not a JSON object");
}

function wrong(what: string, cause?: unknown): UsageError {
  return new UsageError(`TRIGGER_PAYLOAD ${what}`, {
    code: "trigger-payload",
    hint: "let nothing but the action that `model-to-edge init --lakefs-action` writes call GitLab's trigger address of this project; the form lua sends no payload",
    cause,
  });
}
