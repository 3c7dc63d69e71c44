import { inParallel } from "../parallel.ts";
import { md5OfParts, partSizeFor } from "./checksum.ts";
import { isRefusal, NoAnswer } from "./errors.ts";
import { countOnce } from "./progress.ts";
import { both, type Sending, type Uploader, withBody } from "./sending.ts";
import { tried } from "./tried.ts";
import { watched } from "./watchdog.ts";

const PARTS_AT_ONCE = 4;

/** Sends a large file in parts of a fixed size; returns the ETag. */
export async function uploadParts(up: Uploader, sending: Sending) {
  const { s3, timing, signal: outer } = up;
  const { size, key } = sending;
  const partSize = partSizeFor(size);
  const uploadId = await tried(up, () =>
    watched(outer, timing.idleMs, (signal) => s3.createUpload(key, signal)),
  );

  try {
    const starts = Array.from(
      { length: Math.ceil(size / partSize) },
      (_, index) => index * partSize,
    );

    const etags = await inParallel(starts, PARTS_AT_ONCE, (start, index) =>
      uploadPart(up, sending, {
        upload: { key, uploadId },
        number: index + 1,
        start,
        length: Math.min(partSize, size - start),
      }),
    );

    return await completeUpload(up, { key, uploadId, etags, size });
  } catch (error) {
    const farewell = AbortSignal.timeout(timing.farewellMs);
    // The server removes what nobody completed.
    await s3.abortUpload({ key, uploadId }, farewell).catch(() => {});
    throw error;
  }
}

interface Part {
  upload: { key: string; uploadId: string };
  /** From 1. */
  number: number;
  start: number;
  length: number;
}

function uploadPart(
  up: Uploader,
  { file, progress }: Sending,
  { upload, number, start, length }: Part,
): Promise<string> {
  const count = countOnce(progress);

  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, (signal, touch) =>
      withBody(
        { file, start, length, signal },
        both(count(0), touch),
        (body, ended) =>
          up.s3.uploadPart(upload, { number, body, size: length }, ended),
      ),
    ),
  );
}

/** A repeated completion is a server error to lakeFS: after a lost answer the object itself says whether it is there. */
async function completeUpload(
  up: Uploader,
  { key, uploadId, etags, size }: Completion,
): Promise<string> {
  const { s3, timing, signal: outer } = up;
  const expected = md5OfParts(etags);

  return tried(up, () =>
    watched(outer, timing.slowMs, async (signal) => {
      try {
        return await s3.completeUpload({ key, uploadId }, etags, signal);
      } catch (error) {
        const unsure =
          error instanceof NoAnswer ||
          isRefusal(error, "broken") ||
          isRefusal(error, "missing");
        if (!unsure) throw error;

        const there = await s3.headObject(key, signal).catch(() => null);
        if (there?.size === size && there.etag === expected) return expected;

        throw error;
      }
    }),
  );
}

interface Completion {
  key: string;
  uploadId: string;
  /** Of the parts, in order. */
  etags: string[];
  size: number;
}
