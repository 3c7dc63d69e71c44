import { randomUUID } from "node:crypto";
import { toJson } from "../../document/document.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import { removeKeys } from "./copy.ts";
import type { LandingPlace } from "./landing-record.ts";
import { landingPrefix } from "./layout.ts";
import { writeBytes } from "./small-objects.ts";
import { headOf } from "./stored-bytes.ts";

/** Shows that somebody works on a landing. */
export async function beat(bucket: Bucket, place: LandingPlace): Promise<void> {
  // Each is another object, so that it shows.
  const sign = { kind: "s3-landing-beat", version: 1, beat: randomUUID() };
  await writeBytes(bucket, beatKey(place), Buffer.from(toJson(sign)), null);
}

/** Of the last sign: another one each time; null where nobody works on it. */
export async function lastBeat(
  bucket: Bucket,
  place: LandingPlace,
): Promise<string | null> {
  return (await headOf(bucket, beatKey(place)))?.etag ?? null;
}

/** Runs work on a landing, with signs of life until it ends: then, failed or not, nobody has to wait for more of them. */
export async function beating<T>(
  bucket: Bucket,
  place: LandingPlace,
  work: () => Promise<T>,
): Promise<T> {
  await beat(bucket, place);

  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // Without it others help, which does no harm.
    last = last.then(() => beat(inFarewell(bucket), place)).catch(() => {});
  }, bucket.landingTimes.beatMs);

  try {
    return await work();
  } finally {
    clearInterval(timer);
    await last;
    // What stays, a sweep removes.
    await removeKeys(inFarewell(bucket), [beatKey(place)]).catch(() => {});
  }
}

function beatKey({ branch, id }: LandingPlace): string {
  return `${landingPrefix(branch, id)}beat.json`;
}
