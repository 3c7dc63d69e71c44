import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { toJson } from "../../document/document.ts";
import { ExternalError } from "../../errors.ts";
import type { ReadBytes } from "./agreed-reading.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import { lastBeat } from "./landing-beat.ts";
import type { LandingPlace } from "./landing-record.ts";
import { landingKey } from "./layout.ts";
import { silenceOf } from "./silence.ts";
import { readBytes, writeBytes } from "./small-objects.ts";

/** What is landed. */
export interface Landing {
  source: string;
  /** Snapshot of the source. */
  at: string;
}

/** The right to land in a branch, until it is given back. */
export interface Lease {
  /** Throws `ExternalError` where another job took it over. */
  renew(): Promise<void>;
  end(): Promise<void>;
}

const SMALL = 8 << 20;

/**
 * Takes the lease of landings in a branch, for the landing of that place: one at a time changes its models. The same
 * landing in another job shares it. Of a dead holder, of which nobody sees a sign (`beating`), it is taken over; of a
 * living one that takes too long `ExternalError` `locked` is thrown. The log tells at once that, and how long, it waits.
 */
export async function takeLease(
  bucket: Bucket,
  place: LandingPlace,
  landing: Landing,
): Promise<Lease> {
  const { log, signal } = bucket.ctx;
  const { helpMs, waitMs, leasePollMs } = bucket.landingTimes;
  const key = landingKey(place.branch);
  const isDead = deathOf(bucket, place);
  const start = performance.now();

  for (;;) {
    const found = await readBytes(bucket, key, SMALL);
    const other = otherIn(found, landing);

    if (other === null || (await isDead(other))) {
      const lease = await tryLease(bucket, { key, place, landing, found });
      if (lease && other) log.warn(takenOver(other.mark, place, helpMs));
      if (lease) return lease;
    }

    if (performance.now() - start > waitMs)
      throw taken(place.branch, other?.mark ?? null);

    await sleep(leasePollMs, undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}

/** Whether a holder has shown no sign for too long; the log tells of the first who is waited for. */
function deathOf(
  bucket: Bucket,
  place: LandingPlace,
): (holder: Holder) => Promise<boolean> {
  const { beatMs, helpMs } = bucket.landingTimes;
  const silence = silenceOf(beatMs);
  let isTold = false;

  return async (holder) => {
    const sign = await signOf(bucket, place.branch, holder);
    if (silence(sign) > helpMs) return true;

    if (!isTold)
      bucket.ctx.log.info(waiting(holder.mark, place, bucket.landingTimes));
    isTold = true;
    return false;
  };
}

/** A holder that lands something else. */
interface Holder {
  mark: Mark;
  /** Of the lease. */
  etag: string;
}

function otherIn(found: ReadBytes | null, landing: Landing): Holder | null {
  const mark = found && markIn(found.bytes);

  return mark && !isOf(mark, landing) ? { mark, etag: found.etag } : null;
}

/** Another text each time that the holder shows that it is alive. */
async function signOf(
  bucket: Bucket,
  branch: string,
  { mark, etag }: Holder,
): Promise<string> {
  const beat = await lastBeat(bucket, { branch, id: mark.landing });

  return `${etag} ${beat}`;
}

interface Try {
  key: string;
  place: LandingPlace;
  landing: Landing;
  found: ReadBytes | null;
}

/** Null where another one was faster. */
async function tryLease(
  bucket: Bucket,
  { key, place, landing: { source, at }, found }: Try,
): Promise<Lease | null> {
  const mark = { source, at, landing: place.id };
  const condition = found ? { etag: found.etag } : { absent: true as const };
  const etag = await writeBytes(bucket, key, bytesOf(mark), condition);

  return etag === null ? null : leaseOf(bucket, { key, mark, etag });
}

interface Mark extends Landing {
  /** Id of the landing's place, beside which its signs of life lie. */
  landing: string;
}

function leaseOf(
  bucket: Bucket,
  held: { key: string; mark: Mark; etag: string },
): Lease {
  const { key, mark } = held;
  let { etag } = held;

  return {
    async renew() {
      const next = await writeBytes(bucket, key, bytesOf(mark), { etag });
      // The same landing in another job has it too.
      const now = next ?? (await etagOfSame(bucket, key, mark));
      if (now === null) throw lost();
      etag = now;
    },
    // Also of a job that was stopped: the next one need not wait until it is dead.
    end: () => writeFree(inFarewell(bucket), key, etag),
  };
}

/** Gives back the lease of a landing that others completed: its own job is dead. */
export async function freeLease(
  bucket: Bucket,
  target: string,
  landing: Landing,
): Promise<void> {
  const key = landingKey(target);
  const found = await readBytes(bucket, key, SMALL);
  const holder = found && markIn(found.bytes);
  if (found && holder && isOf(holder, landing))
    await writeFree(bucket, key, found.etag);
}

/** Where it is still the mark of that ETag. */
async function writeFree(
  bucket: Bucket,
  key: string,
  etag: string,
): Promise<void> {
  const free = Buffer.from(toJson({ kind: "s3-landing", version: 1 }));
  await writeBytes(bucket, key, free, { etag });
}

async function etagOfSame(
  bucket: Bucket,
  key: string,
  landing: Landing,
): Promise<string | null> {
  const found = await readBytes(bucket, key, SMALL);
  const holder = found ? markIn(found.bytes) : null;

  return found && holder && isOf(holder, landing) ? found.etag : null;
}

function isOf(mark: Landing, { source, at }: Landing): boolean {
  return mark.source === source && mark.at === at;
}

/** Each mark is another object, so that a renewal shows. */
function bytesOf(mark: Mark): Uint8Array {
  const data = { kind: "s3-landing", version: 1, ...mark };
  return Buffer.from(toJson({ ...data, renewed: randomUUID() }));
}

/** Null where nobody lands. */
function markIn(bytes: Uint8Array): Mark | null {
  try {
    const data = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const { source, at, landing } = data;
    return typeof source === "string" && typeof at === "string"
      ? { source, at, landing: String(landing) }
      : null;
  } catch {
    // Somebody damaged it: as good as none.
    return null;
  }
}

function waiting(
  { source }: Landing,
  { branch }: LandingPlace,
  { helpMs, waitMs }: Bucket["landingTimes"],
): string {
  return `another job lands ${source} in ${branch}: this one waits until it has ended, up to ${seconds(waitMs)}; if that job shows no sign of life for ${seconds(helpMs)}, this one takes its place`;
}

function takenOver(
  { source }: Landing,
  { branch }: LandingPlace,
  helpMs: number,
): string {
  return `the job that landed ${source} in ${branch} has shown no sign of life for ${seconds(helpMs)}: this one takes its place`;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

function taken(target: string, holder: Landing | null): ExternalError {
  return new ExternalError(
    `another job lands ${holder?.source ?? "a branch"} in ${target}, and has not ended`,
    { code: "locked", hint: "run again when it has ended" },
  );
}

function lost(): ExternalError {
  return new ExternalError("another job took over this landing", {
    code: "locked",
    hint: "run again when it has ended",
  });
}
