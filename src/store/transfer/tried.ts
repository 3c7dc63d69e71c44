import { retried, type TryAgain } from "../../retry.ts";
import { steadyNow } from "../../steady-clock.ts";
import { Garbled, NoAnswer, Refusal } from "./errors.ts";
import type { Timing } from "./timing.ts";
import type { ServerWatch } from "./watch-server.ts";

/** An address of lakeFS: one that answered once is right, and worth a longer wait. */
export interface Server {
  hasAnswered: boolean;
}

export interface Patience {
  timing: Timing;
  signal: AbortSignal;
  server: Server;
  /** What may fail as well: clearing up. */
  farewell?: boolean;
  /** Hears how the requests fare. */
  watch?: ServerWatch;
}

/** Tries of an error without a known meaning, where the address never answered otherwise. */
const BROKEN_ATTEMPTS = 4;
/** Another program in lakeFS's place answers the same each time. */
const GARBLED_ATTEMPTS = 3;

/** Repeats a request to lakeFS where that may help. A limit that ends it meanwhile is an answer that did not come. */
export async function tried<T>(
  { timing, signal, server, farewell = false, watch }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  let waits = false;
  const attempt = async () => {
    try {
      const result = await work();
      server.hasAnswered = true;
      if (waits) watch?.answers();
      return result;
    } catch (error) {
      server.hasAnswered ||= isOwnAnswer(error);
      throw error;
    }
  };

  try {
    return await retried(attempt, {
      policy: timing,
      signal,
      deadline: { now: steadyNow, at: timing.giveUpAt },
      judge: (error) =>
        worthAnotherTry(error, farewell ? shortly(timing) : timing, server),
      again: (error, { isLong, forMs }) => {
        watch?.repeats(error);
        if (isLong) watch?.waits(error, withinLimit(forMs, timing));
        waits ||= isLong;
      },
    });
  } catch (error) {
    if (waits) {
      if (isOwnAnswer(error)) watch?.answers();
      else watch?.givesUp();
    }
    throw isTimeLimit(error) ? new NoAnswer("no answer in time") : error;
  }
}

/** The run's own end may come first. Milliseconds. */
function withinLimit(
  forMs: number | undefined,
  { giveUpAt }: Pick<Timing, "giveUpAt">,
): number | undefined {
  return forMs === undefined
    ? undefined
    : Math.max(0, Math.min(forMs, giveUpAt - steadyNow().getTime()));
}

/** What `AbortSignal.timeout` gives for a reason: the run's own deadline has an error of ours. */
function isTimeLimit(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

/** Lost answers, busy servers, and (for a shorter time) unknown server errors. */
function worthAnotherTry(
  error: unknown,
  { patienceMs, brokenMs }: Pick<Timing, "patienceMs" | "brokenMs">,
  { hasAnswered }: Server,
): TryAgain | null {
  if (error instanceof Garbled) return { attempts: GARBLED_ATTEMPTS };

  const isBroken = error instanceof Refusal && error.kind === "broken";
  const isAway =
    error instanceof NoAnswer ||
    (error instanceof Refusal && error.kind === "busy");

  if (isAway) return hasAnswered ? { forMs: patienceMs } : {};
  // Bad names and over-long keys answer 500 too.
  if (isBroken)
    return hasAnswered ? { forMs: brokenMs } : { attempts: BROKEN_ATTEMPTS };

  return null;
}

function shortly({ farewellMs }: Timing) {
  return { patienceMs: farewellMs, brokenMs: farewellMs };
}

/** A refusal that means something comes from lakeFS itself. */
function isOwnAnswer(error: unknown): boolean {
  return error instanceof Refusal && !["busy", "broken"].includes(error.kind);
}
