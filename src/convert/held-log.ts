import type { Log } from "../log.ts";

/** A log whose lines wait, so that those of models side by side do not mix. */
export interface HeldLog {
  log: Log;
  /** Writes what waits, in order. */
  release(): void;
}

/** Progress is shown at once, as it names its model: a long silence would look like a hang. */
export function holdLog(into: Log): HeldLog {
  const waiting: (() => void)[] = [];
  const later = (write: () => void) => {
    waiting.push(write);
  };

  const log: Log = {
    info: (line) => later(() => into.info(line)),
    warn: (line, page) => later(() => into.warn(line, page)),
    error: (line, page) => later(() => into.error(line, page)),
    section(title, work) {
      later(() => into.info(title));
      return work();
    },
    progress: into.progress,
  };

  return {
    log,
    release: () => {
      for (const write of waiting.splice(0)) write();
    },
  };
}
