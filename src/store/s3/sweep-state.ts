import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { toJson } from "../../document/document.ts";
import { UsageError } from "../../errors.ts";
import { elapsing } from "../../steady-clock.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import { removeKeys } from "./copy.ts";
import { SWEEP } from "./layout.ts";
import { readBytes, writeBytes } from "./small-objects.ts";

const SMALL = 1 << 16;

interface State {
  isActive: boolean;
  etag: string;
}

/**
 * Waits until no sweep removes content. Who has marked content (`holdContent`) and then saw this has it for good: a
 * later round reads the marks.
 */
export async function waitForSweep(bucket: Bucket): Promise<void> {
  const { pollMs, voidMs } = bucket.sweepTimes;
  let seen = { etag: "", since: performance.now() };

  for (;;) {
    const state = await readState(bucket);
    if (!state?.isActive) return;

    const now = performance.now();
    if (state.etag !== seen.etag) seen = { etag: state.etag, since: now };
    if (now - seen.since > voidMs) {
      await writeState(bucket, state, false);
      continue;
    }

    await sleep(pollMs, undefined, { signal: bucket.ctx.signal }).catch(() =>
      bucket.ctx.signal.throwIfAborted(),
    );
  }
}

/** A round of a sweep, announced. */
export interface Round {
  /** Whether a removal may still be called. */
  isOpen(): boolean;
  end(): Promise<void>;
}

/** Announces that content is removed from now on; null where another sweep was faster. */
export async function beginRound(bucket: Bucket): Promise<Round | null> {
  await waitForSweep(bucket);
  const before = await readState(bucket);
  if (before?.isActive) return null;

  const elapsed = elapsing();
  const etag = await writeState(bucket, before, true);
  if (etag === null) return null;

  const isOpen = () => elapsed() < bucket.sweepTimes.roundMs;

  return {
    isOpen,
    end: async () => {
      const brief = inFarewell(bucket);
      try {
        await writeState(brief, { isActive: true, etag }, false);
      } catch (error) {
        // A full disk takes no write, but a removal: else all others wait until the round is void.
        if (isOpen()) await removeKeys(brief, [SWEEP]);
        throw error;
      }
    },
  };
}

async function readState(bucket: Bucket): Promise<State | null> {
  const read = await readBytes(bucket, SWEEP, SMALL);
  if (!read) return null;

  return { isActive: isActiveIn(bucket, read.bytes), etag: read.etag };
}

/** The new ETag; null where somebody else wrote it. */
function writeState(
  bucket: Bucket,
  before: State | null,
  isActive: boolean,
): Promise<string | null> {
  // Each state is another object, so that a change shows.
  const data = { kind: "s3-sweep", version: 1, removes: isActive };
  const bytes = Buffer.from(toJson({ ...data, round: randomUUID() }));
  const condition = before ? { etag: before.etag } : { absent: true as const };

  return writeBytes(bucket, SWEEP, bytes, condition);
}

function isActiveIn({ url }: Bucket, bytes: Buffer): boolean {
  try {
    const { removes } = JSON.parse(bytes.toString("utf8"));
    if (typeof removes === "boolean") return removes;
  } catch {
    // Told below.
  }
  throw new UsageError(`${url}/${SWEEP} is damaged`, {
    code: "index-damaged",
    hint: "only `model-to-edge` writes this object: remove it when no sweep runs",
  });
}
