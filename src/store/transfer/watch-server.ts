import type { Context } from "../../context.ts";
import { Refusal } from "./errors.ts";

/** Hears how a server's requests fare, and tells people. */
export interface ServerWatch {
  /** A request failed, and is sent again. */
  repeats(error: Error): void;
  /** An object is sent or fetched again, `what` says from where and why: `it broke off …`. */
  objectAgain(path: string, what: string): void;
  /** That begins to take long; `forMs`: for how long it may go on, absent where the number of tries counts. */
  waits(error: Error, forMs: number | undefined): void;
  /** A request that took long has its answer. */
  answers(): void;
  /** A request that took long ends without one: its error says so. */
  givesUp(): void;
}

type Told = Pick<Context, "log" | "now">;

/** Of so many objects it is told; the closing line counts all. */
const OBJECTS_TOLD = 10;

interface Watched {
  watch: ServerWatch;
  /** How often it was what. */
  counts: Map<string, number>;
}

/** What was repeated in a run belongs to its log. */
const WATCHED = new WeakMap<Context["log"], Map<string, Watched>>();

/** The watch of a server, by its name for people: the same for all parts of a run. */
export function watchServer(ctx: Told, who: string): ServerWatch {
  const watched = WATCHED.get(ctx.log) ?? new Map<string, Watched>();
  WATCHED.set(ctx.log, watched);

  const known = watched.get(who);
  if (known) return known.watch;

  const counts = new Map<string, number>();
  const watch = makeWatch(ctx, who, counts);
  watched.set(who, { watch, counts });
  return watch;
}

function makeWatch(
  { log, now }: Told,
  who: string,
  counts: Map<string, number>,
): ServerWatch {
  let waitsSince: number | null = null;
  let objectsTold = 0;

  return {
    repeats(error) {
      const what = shortly(error);
      counts.set(what, (counts.get(what) ?? 0) + 1);
    },
    objectAgain(path, what) {
      objectsTold += 1;
      if (objectsTold <= OBJECTS_TOLD) log.info(`${path}: ${what}`);
    },
    waits(error, forMs) {
      // Of many requests at once, the first one says it.
      if (waitsSince !== null) return;

      waitsSince = now().getTime();
      const limit = forMs === undefined ? "" : `, for up to ${inWords(forMs)}`;
      log.warn(`${who}: ${fully(error)}; trying again${limit}`);
    },
    answers() {
      if (waitsSince === null) return;

      const waited = now().getTime() - waitsSince;
      waitsSince = null;
      log.info(`${who} answers again, ${inWords(waited)} later`);
    },
    givesUp() {
      waitsSince = null;
    },
  };
}

/** One line for each server some of whose requests had to be sent again: what a run met, and got over or not. */
export function sayRepeats({ log }: Pick<Context, "log">): void {
  for (const [who, { counts }] of WATCHED.get(log) ?? []) {
    const sum = [...counts.values()].reduce((all, count) => all + count, 0);
    if (sum === 0) continue;

    const parts = [...counts].map(([what, count]) => `${count} × ${what}`);
    const requests = sum === 1 ? "1 request" : `${sum} requests`;
    log.info(`${who}: ${requests} had to be sent again: ${parts.join(", ")}`);
    counts.clear();
  }
}

function shortly(error: Error): string {
  return error instanceof Refusal ? `answered ${error.status}` : error.message;
}

/** With what the server itself says. */
function fully(error: Error): string {
  const short = shortly(error);
  if (!(error instanceof Refusal) || error.message === statusOnly(error))
    return short;

  return `${short} (${error.message})`;
}

function statusOnly({ status }: Refusal): string {
  return `status ${status}`;
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
