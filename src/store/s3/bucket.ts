import type { StoreContext } from "../store-options.ts";
import type { S3 } from "../transfer/s3-calls.ts";
import type { Timing } from "../transfer/timing.ts";
import { type Patience, tried } from "../transfer/tried.ts";
import { watchServer } from "../transfer/watch-server.ts";
import { watched } from "../transfer/watchdog.ts";
import type { BucketClient } from "./bucket-client.ts";
import type { KnownCommits } from "./known-commits.ts";
import type { LandingTimes } from "./landing-times.ts";
import type { SweepTimes } from "./sweep-times.ts";

/** What every part of the S3 store works with. */
export interface Bucket {
  /** As the user wrote it, without a `/` at the end. */
  url: string;
  at: BucketClient;
  /** Empty, or with a `/` at its end. */
  prefix: string;
  /** Of a branch: `model/`, `edge/`, …: what the store looks at. */
  tops: readonly string[];
  /** The user vouches that nobody else writes: for servers without conditional writes. */
  singleWriter: boolean;
  transfers: S3;
  timing: Timing;
  sweepTimes: SweepTimes;
  landingTimes: LandingTimes;
  known: KnownCommits;
  ctx: Pick<StoreContext, "signal" | "log" | "now">;
}

/** How long, and with which words, a call of the bucket is tried again. */
export function carrierOf({
  at,
  transfers,
  timing,
  ctx,
}: Bucket): Patience & { s3: S3 } {
  return {
    ...{ s3: transfers, timing, signal: ctx.signal, server: transfers.server },
    watch: watchServer(ctx, `S3 at ${at.shown}`),
  };
}

/** Makes a call of the bucket, again where that may help; `idleMs` without an answer count as none. */
export function ask<T>(
  bucket: Bucket,
  call: (at: BucketClient, signal: AbortSignal) => Promise<T>,
  idleMs: number = bucket.timing.idleMs,
): Promise<T> {
  return tried(carrierOf(bucket), () =>
    watched(bucket.ctx.signal, idleMs, (signal) => call(bucket.at, signal)),
  );
}

/**
 * The same bucket for what is cleared up at the end, also of a run that was stopped: a call takes no longer than
 * seconds, and may fail.
 */
export function inFarewell(bucket: Bucket): Bucket {
  const { timing, ctx } = bucket;
  const halfMs = timing.farewellMs / 2;
  const shortly = { patienceMs: halfMs, brokenMs: halfMs, idleMs: halfMs };

  return {
    ...bucket,
    timing: { ...timing, ...shortly },
    ctx: { ...ctx, signal: new AbortController().signal },
  };
}
