import { connectionWords } from "../../network/connection-words.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { NoAnswer } from "./errors.ts";
import type { Downloader, Wanted } from "./wanted.ts";

/** Tells of one object's download that broke off, over all tries. */
export interface Broken {
  /** The error of a try that broke off. */
  broken(error: unknown): NoAnswer;
  /** A try's answer begins, from this byte on. */
  opened(from: number): void;
}

/** What broke off in the middle is told when it goes on: where, and from which byte. Nothing is told of a first try. */
export function tellBroken(
  { watch }: Pick<Downloader, "watch">,
  { path, size }: Pick<Wanted, "path" | "size">,
): Broken {
  let reason: string | null = null;

  return {
    broken(error) {
      const { name, message } = error as Error;
      // By the watchdog: where the run itself ends, nothing is tried again.
      const otherwise =
        name === "AbortError" ? "no data for too long" : message;
      reason = connectionWords(error, otherwise);
      return new NoAnswer(reason);
    },
    opened(from) {
      if (reason === null) return;

      const how =
        from > 0
          ? `goes on at ${formatBytes(from)} of ${formatBytes(size)}`
          : "begins again";
      watch?.objectAgain(
        path,
        `its download broke off (${reason}), and ${how}`,
      );
      reason = null;
    },
  };
}
