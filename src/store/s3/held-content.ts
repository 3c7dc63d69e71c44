import { randomUUID } from "node:crypto";
import { toJson } from "../../document/document.ts";
import { AppError, UsageError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import type { DraftRef } from "../store.ts";
import { type Bucket, inFarewell } from "./bucket.ts";
import { removeKeys } from "./copy.ts";
import { DRAFTS, draftPrefix, HOLDS } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { readBytes, writeBytes } from "./small-objects.ts";
import { waitForSweep } from "./sweep-state.ts";
import { told } from "./told.ts";

const AT_ONCE = 16;
const LARGEST = 128 << 20;

/** Content that a sweep leaves, whether or not an index names it. */
export interface Hold {
  /** Holds more. Throws as any call of the bucket does. */
  add(sha256s: Iterable<string>): Promise<void>;
  /** What stays of it, a sweep removes. */
  end(): Promise<void>;
}

/**
 * Marks content (sha256 each) that an index will name: whether it is there is asked after this, and then stays true.
 * `of`: the draft that needs it, until it is discarded; null: one publication.
 */
export async function holdContent(
  bucket: Bucket,
  of: DraftRef | null,
  sha256s: Iterable<string>,
): Promise<Hold> {
  const name = `${randomUUID()}.json`;
  const key = of ? draftPrefix(of.id) + name : HOLDS + name;
  const held = new Set<string>();

  const hold: Hold = {
    async add(more) {
      for (const sha256 of more) held.add(sha256);
      const mark = { kind: "s3-hold", version: 1, ...of, objects: [...held] };
      await writeBytes(bucket, key, Buffer.from(toJson(mark)), null);
      // Without conditional writes nothing is ever removed.
      if (!bucket.singleWriter) await waitForSweep(bucket);
    },
    end: () => endHold(bucket, key),
  };
  await hold.add(sha256s);

  return hold;
}

/** The publication stands whether or not this succeeds. */
async function endHold(bucket: Bucket, key: string): Promise<void> {
  try {
    await told(bucket, () => removeKeys(inFarewell(bucket), [key]));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    bucket.ctx.log.warn(
      `${key} could not be removed, a later sweep does it: ${error.message}`,
    );
  }
}

/** Ids of drafts that have marks. */
export async function heldDrafts(bucket: Bucket): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { key } of listBelow(bucket, DRAFTS))
    ids.add(key.slice(DRAFTS.length).split("/")[0] ?? "");

  return ids;
}

/** Removes all marks of a draft. */
export async function releaseDraft(bucket: Bucket, id: string): Promise<void> {
  const brief = inFarewell(bucket);
  const keys: string[] = [];
  for await (const { key } of listBelow(brief, draftPrefix(id))) keys.push(key);

  await removeKeys(brief, keys);
}

/** Marks that were read, by key and ETag. */
export type KnownHolds = Map<string, readonly string[]>;

/** sha256 of all content that is held now. Throws `UsageError` where somebody damaged a mark. */
export async function heldContent(
  bucket: Bucket,
  known: KnownHolds,
): Promise<Set<string>> {
  const marks: string[] = [];
  const open: { key: string; name: string }[] = [];
  for (const prefix of [DRAFTS, HOLDS])
    for await (const { key, etag } of listBelow(bucket, prefix)) {
      const name = `${key} ${etag}`;
      marks.push(name);
      if (!known.has(name)) open.push({ key, name });
    }

  await inParallel(open, AT_ONCE, async ({ key, name }) => {
    const read = await readBytes(bucket, key, LARGEST);
    // Gone since: what it held is in an index by now, or nobody's.
    known.set(name, read ? objectsIn(bucket, key, read.bytes) : []);
  });

  return new Set(marks.flatMap((name) => known.get(name) ?? []));
}

function objectsIn({ url }: Bucket, key: string, bytes: Buffer): string[] {
  try {
    const { objects } = JSON.parse(bytes.toString("utf8"));
    if (Array.isArray(objects)) return objects.map(String);
  } catch {
    // Told below.
  }
  throw new UsageError(`${url}/${key} is damaged`, {
    code: "index-damaged",
    hint: "only `model-to-edge` writes this object: remove it when no run uses the store",
  });
}
