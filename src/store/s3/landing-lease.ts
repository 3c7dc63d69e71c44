import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { toJson } from "../../document.ts";
import { ExternalError } from "../../errors.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import { landingKey } from "./layout.ts";
import { type ReadBytes, readBytes, writeBytes } from "./small-objects.ts";

/** What is landed. */
export interface Landing {
  source: string;
  /** Snapshot of the source. */
  at: string;
}

/** The right to change `model/` of a branch, until it is given back. */
export interface Lease {
  /** ETags of objects that landings of the same snapshot have copied to the target, by path. */
  copied: Readonly<Record<string, string>>;
  /** Also notes what was copied. Throws `ExternalError` where another job took it over. */
  renew(copied?: Record<string, string>): Promise<void>;
  end(): Promise<void>;
}

export interface LeaseTimes {
  /** Without a renewal for so long, the holder is dead. */
  deadMs: number;
  /** How long to wait for a living one. */
  patienceMs: number;
  pollMs: number;
}

export const LEASE_TIMES: LeaseTimes = {
  deadMs: 300_000,
  patienceMs: 600_000,
  pollMs: 1_000,
};

const SMALL = 8 << 20;

/**
 * Takes the lease of landings in a branch: one writer at a time changes its models. The same landing shares it. Of a
 * dead holder, whose mark nobody renews, it is taken over. Throws `ExternalError` where a living one takes too long.
 */
export async function takeLease(
  bucket: Bucket,
  target: string,
  landing: Landing,
  times: LeaseTimes = LEASE_TIMES,
): Promise<Lease> {
  const key = landingKey(target);
  const start = performance.now();
  let seen = { etag: "", since: start };

  for (;;) {
    const found = await readBytes(bucket, key, SMALL);
    const now = performance.now();
    if (found && found.etag !== seen.etag)
      seen = { etag: found.etag, since: now };

    const isDead = now - seen.since > times.deadMs;
    const lease = await tryLease(bucket, { key, landing, found, isDead });
    if (lease) return lease;

    if (now - start > times.patienceMs) throw taken(target, found);

    await sleep(times.pollMs, undefined, { signal: bucket.ctx.signal }).catch(
      () => bucket.ctx.signal.throwIfAborted(),
    );
  }
}

interface Try {
  key: string;
  landing: Landing;
  found: ReadBytes | null;
  /** Nobody renewed the mark that was found. */
  isDead: boolean;
}

/** Null where a living job holds it, or another one was faster. */
async function tryLease(
  bucket: Bucket,
  { key, landing, found, isDead }: Try,
): Promise<Lease | null> {
  const holder = found && markIn(found.bytes);
  const isSame = holder !== null && isOf(holder, landing);
  if (holder !== null && !isSame && !isDead) return null;

  const { source, at } = landing;
  const mark = { source, at, copied: isSame ? holder.copied : {} };
  const condition = found ? { etag: found.etag } : { absent: true as const };
  const etag = await writeBytes(bucket, key, bytesOf(mark), condition);

  return etag === null ? null : leaseOf(bucket, { key, mark, etag });
}

interface Mark extends Landing {
  copied: Record<string, string>;
}

function leaseOf(
  bucket: Bucket,
  held: { key: string; mark: Mark; etag: string },
): Lease {
  const { key, mark } = held;
  let { etag } = held;

  return {
    copied: mark.copied,
    async renew(copied = {}) {
      Object.assign(mark.copied, copied);
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
function bytesOf({ source, at, copied }: Mark): Uint8Array {
  const renewed = randomUUID();
  const mark = { source, at, copied, renewed };
  return Buffer.from(toJson({ kind: "s3-landing", version: 1, ...mark }));
}

/** Null where nobody lands. */
function markIn(bytes: Uint8Array): Mark | null {
  try {
    const data = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const { source, at, copied } = data;
    return typeof source === "string" && typeof at === "string"
      ? { source, at, copied: copied ?? {} }
      : null;
  } catch {
    // Somebody damaged it: as good as none.
    return null;
  }
}

function taken(target: string, found: ReadBytes | null): ExternalError {
  const holder = found && markIn(found.bytes);
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
