import { ExternalError, UsageError } from "../errors.ts";

/** A small file of the store (a manifest, a configuration) has more than `limit` bytes. */
export function tooLarge(path: string, limit: number): UsageError {
  return new UsageError(`${path} is larger than ${limit} bytes`, {
    code: "file-too-large",
    hint: "check its content, and replace the file or rename it: files of this name are small",
  });
}

/** What should be put into the store is a link, a folder or a device. */
export function notRegular(file: string): UsageError {
  return new UsageError(`${file} is not a regular file`, {
    code: "not-a-file",
    hint: "put the file itself there, or remove it: links, folders and devices are not published",
  });
}

/** The snapshot that a plan pinned cannot be read; `message` names it. */
export function snapshotGone(message: string): UsageError {
  return new UsageError(message, {
    code: "snapshot-gone",
    hint: "run the pipeline again from its first job, so that it plans again",
  });
}

/** A server refuses what is signed with this machine's time; `place` names the server. */
export function clockWrong(place: string): ExternalError {
  return new ExternalError(
    `${place} reports that this machine's clock is wrong`,
    {
      code: "clock-wrong",
      hint: "set the clock of the runner's machine, for example by NTP, then run again",
    },
  );
}

/** A file that was put into a draft is not there any more. */
export function draftGone(path: string): ExternalError {
  return new ExternalError(
    `${path} disappeared from the draft before publication`,
    {
      code: "draft-lost",
      hint: "run the pipeline again from its first job; someone removed the draft, or a sweep with a short `--older-than`",
    },
  );
}
