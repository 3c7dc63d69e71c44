import { setTimeout as sleep } from "node:timers/promises";
import { ExternalError, UsageError } from "../../errors.ts";
import { isRefusal } from "../transfer/errors.ts";
import type { Bucket } from "./bucket.ts";
import { beating, lastBeat } from "./landing-beat.ts";
import { freeLease } from "./landing-lease.ts";
import { changeModels, type OpenLanding } from "./landing-models.ts";
import {
  type LandingPlace,
  readRecord,
  removeLanding,
} from "./landing-record.ts";
import { silenceOf } from "./silence.ts";

/**
 * After this `model/` of the branch belongs to its publication, which a landing made: waits for a job that still changes
 * it, and completes what one that was killed has left. Throws `ExternalError` `locked` where a living one takes too long,
 * and `UsageError` `landing-interrupted` where this cannot be done from here.
 */
export async function settleLanding(
  bucket: Bucket,
  place: LandingPlace,
  publication: string,
): Promise<void> {
  const { beatMs, helpMs, waitMs } = bucket.landingTimes;
  const { log, signal } = bucket.ctx;
  const silence = silenceOf(beatMs);
  const start = performance.now();
  let isTold = false;

  for (;;) {
    const record = await readRecord(bucket, place);
    if (record === null) return;

    const beat = await lastBeat(bucket, place);
    if (beat === null || silence(beat) > helpMs)
      return complete(bucket, { place, record, publication });
    if (performance.now() - start > waitMs) throw tooLong(place, record.source);

    if (!isTold) log.info(waiting(place, record.source, bucket.landingTimes));
    isTold = true;
    await sleep(bucket.sweepTimes.pollMs, undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}

function waiting(
  { branch }: LandingPlace,
  source: string,
  { helpMs, waitMs }: Bucket["landingTimes"],
): string {
  return `a job changes the models of branch ${branch} to those of ${source}: this one waits until it has ended, up to ${waitMs / 1_000} s; if that job shows no sign of life for ${helpMs / 1_000} s, this one completes its landing`;
}

async function complete(bucket: Bucket, landing: OpenLanding): Promise<void> {
  const { place, record } = landing;
  try {
    await beating(bucket, place, () => changeModels(bucket, landing));
    await removeLanding(bucket, place);
    await freeLease(bucket, place.branch, record);
  } catch (error) {
    throw isRefusal(error, "auth") ? leftForOthers(landing) : error;
  }

  bucket.ctx.log.warn(
    `the landing of ${record.source} into ${place.branch} was interrupted after its publication: it is complete now`,
  );
}

/** The error of a reader that may not write to the store. */
function leftForOthers({ place: { branch }, record }: OpenLanding): UsageError {
  return new UsageError(
    `the landing of ${record.source} into branch ${branch} was interrupted, and model/ of ${branch} is neither in its old state nor in the new one; these credentials may not write to the store, so it stays so`,
    {
      code: "landing-interrupted",
      hint: "run `model-to-edge land` again, or this command once with credentials that may write to the store",
    },
  );
}

function tooLong({ branch }: LandingPlace, source: string): ExternalError {
  return new ExternalError(
    `branch ${branch} cannot be read while ${source} is landed into it`,
    { code: "locked", hint: "run again when that job has ended" },
  );
}
