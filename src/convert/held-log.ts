import type { Log } from "../log/log.ts";
import type { Progress } from "../log/progress.ts";
import { formatBytes } from "../text/format-bytes.ts";

/** A log whose lines wait, so that those of models side by side do not mix. */
export interface HeldLog {
  log: Log;
  /** Writes what waits, in order. */
  release(): void;
  /** Writes what waits, and from now on each line as it comes. */
  goLive(): void;
}

/** Seconds that unseen work took. */
const WORTH_A_LINE = 1;

/**
 * `progress: "shown"` shows progress at once, as it names its model: a long silence would look like a hang. `"held"` is
 * for work that runs beside other work which is shown.
 */
export function holdLog(
  into: Log,
  { progress }: { progress: "shown" | "held" },
): HeldLog {
  const waiting: (() => void)[] = [];
  const quiet = new Set<() => void>();
  let isLive = false;

  const later = (write: () => void) => {
    if (isLive) write();
    else waiting.push(write);
  };
  const release = () => {
    for (const write of waiting.splice(0)) write();
  };

  const log: Log = {
    info: (line) => later(() => into.info(line)),
    warn: (line, page) => later(() => into.warn(line, page)),
    error: (line, page) => later(() => into.error(line, page)),
    section(title, work, options) {
      if (isLive) return into.section(title, work, options);

      later(() => into.info(title));
      return work();
    },
    progress(label, total, unit) {
      const show = (from: number) =>
        into.progress(
          from > 0 ? `${label}, the rest` : label,
          total && total - from,
          unit,
        );
      if (isLive || progress === "shown") return show(0);

      return quietProgress({ show, waiting: quiet }, (bytes, seconds) => {
        if (unit === "bytes" && seconds >= WORTH_A_LINE)
          log.info(
            `${label}: ${formatBytes(bytes)} in ${seconds.toFixed(1)} s, beside the models before it`,
          );
      });
    },
  };

  return {
    log,
    release,
    goLive() {
      release();
      isLive = true;
      for (const show of quiet) show();
      quiet.clear();
    },
  };
}

interface Quiet {
  /** Shows the rest of the work, from so much on. */
  show(from: number): Progress;
  /** Gets what shows it. */
  waiting: Set<() => void>;
}

/** Counts unseen, until it is shown; `unseen` gets the amount and the seconds of work that ended before. */
function quietProgress(
  { show, waiting }: Quiet,
  unseen: (amount: number, seconds: number) => void,
): Progress {
  const start = performance.now();
  let shown: Progress | null = null;
  let counted = 0;
  let stands: Parameters<Progress["at"]> | null = null;

  const open = () => {
    shown = show(counted);
    if (stands) shown.at(...stands);
  };
  waiting.add(open);

  return {
    advance(by) {
      counted += by;
      shown?.advance(by);
    },
    at(...position) {
      stands = position;
      shown?.at(...position);
    },
    end() {
      waiting.delete(open);
      if (shown) shown.end();
      else unseen(counted, (performance.now() - start) / 1000);
    },
  };
}
