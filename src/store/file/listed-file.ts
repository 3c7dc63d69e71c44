import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
} from "node:fs";
import type { Context } from "../../context.ts";
import { notWritable } from "../../disk/not-writable.ts";
import { AppError, ExternalError, UsageError } from "../../errors.ts";
import { isMissing } from "../../node-error.ts";
import { tooLarge } from "../refusals.ts";
import type { StoredFile, StoreObject } from "../store.ts";
import { copyHashed } from "./copy.ts";
import { contentToken } from "./token.ts";
import type { FoundFile } from "./walk.ts";

/** Equal to no token of a file. */
export const UNREADABLE = "unreadable";

/**
 * The bytes of a file that was found, at once: it is small. Throws `UsageError` where they are more than `limit`, or may
 * not be read, and `ExternalError` where the file disappeared meanwhile.
 */
export function readLimited(
  { file, path }: Pick<FoundFile, "file" | "path">,
  limit: number,
): Uint8Array {
  const handle = openForReading(file, path);

  try {
    if (fstatSync(handle).size > limit) throw tooLarge(path, limit);

    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Does not wait for a writer where somebody put a pipe into the file's place. */
function openForReading(file: string, path: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) throw changed(path);
    throw unreadable(path, error) ?? error;
  }
}

export interface ListedCopy {
  object: StoreObject;
  /** Where the copy goes: absolute. */
  target: string;
  progress: ((bytes: number) => void) | undefined;
}

/** Copies a file that was listed, hashed on the way. Throws `ExternalError` where it is no longer what was listed. */
export async function copyListed(
  ctx: Pick<Context, "signal">,
  found: FoundFile,
  { object, target, progress }: ListedCopy,
): Promise<StoredFile> {
  try {
    const copy = await copyHashed(found.file, target, {
      signal: ctx.signal,
      progress,
    });

    if (
      object.token !== copy.token &&
      object.token !== contentToken(copy.sha256)
    )
      throw changed(object.path);

    return { ...object, size: copy.size, sha256: copy.sha256 };
  } catch (error) {
    if (error instanceof AppError || ctx.signal.aborted) throw error;
    if ((error as NodeJS.ErrnoException).path === found.file)
      throw unreadable(object.path, error) ?? changed(object.path);
    throw isMissing(error) ? changed(object.path) : notWritable(target, error);
  }
}

/** The error for a file that this user may not read; null where it is another one. */
function unreadable(path: string, error: unknown): UsageError | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return null;

  return new UsageError(`${path} cannot be read by this user (${code})`, {
    code: "store-unreadable",
    hint: "make it readable for the user that the job runs as (chmod a+r)",
  });
}

/** The error for a file that somebody writes to. */
export function changed(path: string): ExternalError {
  return new ExternalError(`${path} changed in the store while it was read`, {
    code: "changed-under-us",
    hint: "run again when nobody is writing to the folder",
  });
}
