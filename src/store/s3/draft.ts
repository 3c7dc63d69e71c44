import { toJson } from "../../document.ts";
import { ExternalError } from "../../errors.ts";
import { type Digest, digestFile } from "../digest.ts";
import { digestBeside } from "../digest-thread.ts";
import { readDraftName } from "../draft-name.ts";
import { inParallel } from "../parallel.ts";
import { placeInside } from "../paths.ts";
import type { Draft, DraftRef, StoredFile } from "../store.ts";
import { partSizeFor } from "../transfer/checksum.ts";
import { regularSize, SINGLE, uploadFile } from "../transfer/upload.ts";
import { type Bucket, carrierOf } from "./bucket.ts";
import { removeKeys } from "./copy.ts";
import { DRAFTS, draftKey, objectKey } from "./layout.ts";
import { listBelow } from "./listing.ts";
import { probeConditions } from "./probe.ts";
import { publishDraft } from "./publish.ts";
import { contentToken } from "./published.ts";
import { writeBytes } from "./small-objects.ts";
import { provedObject } from "./stored-bytes.ts";
import { told } from "./told.ts";

const AT_ONCE = 8;
/** An object that is older is uploaded again, so that no sweep takes it before it is published. Milliseconds. */
const FRESH_MS = 24 * 3_600_000;

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
        const mark = Buffer.from(
          toJson({ kind: "s3-draft", version: 1, ...ref }),
        );
        await writeBytes(bucket, draftKey(ref.id), mark, null);

        return inParallel(files, AT_ONCE, (name) =>
          putFile(bucket, arrived, {
            ...{ file: placeInside(folder, name), path: prefix + name },
            progress,
          }),
        );
      }),
    publish: (pointers, compose, options) =>
      told(bucket, () =>
        publishDraft(bucket, ref.branch, pointers, {
          ...{ compose, options, arrived },
        }),
      ),
    discard: () => told(bucket, () => removeKeys(bucket, [draftKey(ref.id)])),
  };
}

/** Drafts that nobody ended: those of jobs that were killed. */
export async function* s3Drafts(
  bucket: Bucket,
): AsyncGenerator<DraftRef & { createdAt: Date }> {
  const found: (DraftRef & { createdAt: Date })[] = [];
  await told(bucket, async () => {
    for await (const { key } of listBelow(bucket, DRAFTS)) {
      const id = key.slice(DRAFTS.length).replace(/\.json$/, "");
      const facts = readDraftName(id);
      if (facts) found.push({ id, base: "", ...facts });
    }
  });
  yield* found;
}

interface Upload {
  file: string;
  /** On the branch. */
  path: string;
  progress: ((bytes: number) => void) | undefined;
}

async function putFile(
  bucket: Bucket,
  arrived: Map<string, string>,
  { file, path, progress }: Upload,
): Promise<StoredFile> {
  // Refuses what is no path on a branch.
  placeInside("/", path);

  const size = await regularSize(file);
  const { sha256, parts } = await digestOf(file, size);
  const stored = { path, size, sha256, token: contentToken(sha256) };

  const there = await provedObject(bucket, { sha256, size, parts });
  const age = bucket.ctx.now().getTime() - (there?.changedAt.getTime() ?? 0);
  if (there && age < FRESH_MS) {
    progress?.(size);
    arrived.set(sha256, there.etag);
    return stored;
  }

  const key = bucket.prefix + objectKey(sha256);
  const sent = await uploadFile(carrierOf(bucket), file, key, progress);
  if (sent.sha256 !== sha256) throw changed(file);
  arrived.set(sha256, sent.etag);

  return stored;
}

/** As the upload cuts it. */
function digestOf(file: string, size: number): Promise<Digest> {
  return size <= SINGLE
    ? digestFile(file)
    : digestBeside(file, size, partSizeFor(size));
}

function changed(file: string): ExternalError {
  return new ExternalError(`${file} changed while it was uploaded`, {
    code: "corrupt-upload",
    hint: "run again; something else writes to the run's folder",
  });
}
