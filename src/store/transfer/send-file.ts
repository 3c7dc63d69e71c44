import type { Digest } from "../digest.ts";
import { digestAside } from "../digest-files.ts";
import { digestBeside } from "../digest-thread.ts";
import { reading } from "./changed-file.ts";
import { partSizeFor } from "./checksum.ts";
import { countOnce } from "./progress.ts";
import { both, type Sending, type Uploader, withBody } from "./sending.ts";
import { tried } from "./tried.ts";
import { uploadParts } from "./upload-parts.ts";
import { watched } from "./watchdog.ts";

const MIB = 1 << 20;
/** Up to here one request; above, parts. Fixed, because the way of an upload is part of an object's identity in lakeFS. */
export const SINGLE = 64 * MIB;

/** In one request or in parts; returns the ETag. */
export function sendLarge(up: Uploader, sending: Sending): Promise<string> {
  return sending.size <= SINGLE
    ? uploadStream(up, sending)
    : uploadParts(up, sending);
}

/**
 * Digests a file in the parts that its upload has, beside the main thread. Throws `ExternalError` where its size is not
 * `size` any more, or it is gone.
 */
export function digestInParts(file: string, size: number): Promise<Digest> {
  return reading(file, () =>
    size <= SINGLE
      ? digestAside(file, size)
      : digestBeside(file, size, partSizeFor(size)),
  );
}

/** Sends bytes that lie in memory, with their sha256 (hex); returns the ETag. */
export function putBytes(
  up: Uploader,
  key: string,
  body: Uint8Array,
  sha256: string,
): Promise<string> {
  const size = body.length;

  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, (signal) =>
      up.s3.putObject({ key, body, size, sha256 }, signal),
    ),
  );
}

function uploadStream(up: Uploader, { file, size, key, progress }: Sending) {
  const count = countOnce(progress);

  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, (signal, touch) =>
      withBody(
        { file, start: 0, length: size, signal },
        both(count(0), touch),
        (body, ended) => up.s3.putObject({ key, body, size }, ended),
      ),
    ),
  );
}
