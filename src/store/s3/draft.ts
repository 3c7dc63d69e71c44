import { readDraftName } from "../draft-name.ts";
import { inParallel } from "../parallel.ts";
import { placeInside } from "../paths.ts";
import type { Draft, DraftRef, StoredFile } from "../store.ts";
import { digestInParts } from "../transfer/send-file.ts";
import { regularSize } from "../transfer/upload.ts";
import { type Known, uploadKnown } from "../transfer/upload-known.ts";
import { type Bucket, carrierOf } from "./bucket.ts";
import { heldDrafts, holdContent, releaseDraft } from "./held-content.ts";
import { keepInDraft } from "./kept.ts";
import { objectKey } from "./layout.ts";
import { probeConditions } from "./probe.ts";
import { publishDraft } from "./publish.ts";
import { contentToken } from "./published.ts";
import { provedObject } from "./stored-bytes.ts";
import { told } from "./told.ts";

const AT_ONCE = 8;

/** A draft in S3: bytes under their content address, which no index names yet, and a mark for the sweep. */
export function s3Draft(bucket: Bucket, ref: DraftRef): Draft {
  if (!readDraftName(ref.id))
    throw new Error(`${ref.id} is not a name of a draft`);

  // By sha256: what this process saw arrive.
  const arrived = new Map<string, string>();

  return {
    rehearse: () => told(bucket, () => probeConditions(bucket)),
    put: (folder, files, prefix, { progress } = {}) =>
      told(bucket, async () => {
        const uploads = await inParallel(files, AT_ONCE, (name) =>
          toUpload(placeInside(folder, name), prefix + name),
        );
        // Before anything is asked or sent: no sweep takes it from here on.
        await holdContent(
          bucket,
          ref,
          uploads.map(({ sha256 }) => sha256),
        );

        return inParallel(uploads, AT_ONCE, (upload) =>
          putFile(bucket, arrived, upload, progress),
        );
      }),
    keep: (change) =>
      told(bucket, () => keepInDraft(bucket, ref, change, arrived)),
    publish: (pointers, compose, options) =>
      told(bucket, () =>
        publishDraft(bucket, ref.branch, pointers, {
          ...{ compose, options, arrived },
        }),
      ),
    discard: () => told(bucket, () => releaseDraft(bucket, ref.id)),
  };
}

/** Drafts that nobody ended: those of jobs that were killed. */
export async function* s3Drafts(
  bucket: Bucket,
): AsyncGenerator<DraftRef & { createdAt: Date }> {
  const found: (DraftRef & { createdAt: Date })[] = [];
  await told(bucket, async () => {
    for (const id of await heldDrafts(bucket)) {
      const facts = readDraftName(id);
      if (facts) found.push({ id, base: "", ...facts });
    }
  });
  yield* found;
}

interface Upload extends Known {
  /** On the branch. */
  path: string;
}

async function toUpload(file: string, path: string): Promise<Upload> {
  // Refuses what is no path on a branch.
  placeInside("/", path);

  const size = await regularSize(file);

  return { file, path, size, ...(await digestInParts(file, size)) };
}

async function putFile(
  bucket: Bucket,
  arrived: Map<string, string>,
  { path, ...known }: Upload,
  progress: ((bytes: number) => void) | undefined,
): Promise<StoredFile> {
  const { size, sha256, parts } = known;
  const stored = { path, size, sha256, token: contentToken(sha256) };

  const there = await provedObject(bucket, { sha256, size, parts });
  if (there) {
    progress?.(size);
    arrived.set(sha256, there.etag);
    return stored;
  }

  const key = bucket.prefix + objectKey(sha256);
  const sent = await uploadKnown(carrierOf(bucket), known, key, progress);
  arrived.set(sha256, sent.etag);

  return stored;
}
