import { lstat, readFile } from "node:fs/promises";
import { UsageError } from "../../errors.ts";
import { type Digest, digestBytes } from "../digest.ts";
import { digestAside, readDigested } from "../digest-files.ts";
import { digestBeside } from "../digest-thread.ts";
import { giveBack, SHARED, takeBytes } from "../shared-bytes.ts";
import { partSizeFor } from "./checksum.ts";
import { countOnce } from "./progress.ts";
import { provedUpload, type Sent } from "./proved-upload.ts";
import { both, type Sending, type Uploader, withBody } from "./sending.ts";
import { tried } from "./tried.ts";
import { uploadParts } from "./upload-parts.ts";
import { watched } from "./watchdog.ts";

const MIB = 1 << 20;
/** Up to here one request; above, parts. Fixed, because the way of an upload is part of an object's identity in lakeFS. */
export const SINGLE = 64 * MIB;

export interface Uploaded {
  size: number;
  sha256: string;
  etag: string;
}

/**
 * Sends a file to a key, and sees that what arrived is what was hashed; memory stays small whatever the size. A small one
 * is sent from memory, signed, so that the server checks it as well.
 */
export async function uploadFile(
  up: Uploader,
  file: string,
  key: string,
  progress?: (bytes: number) => void,
): Promise<Uploaded> {
  const size = await regularSize(file);
  const sending = { file, size, key, progress };

  return provedUpload(up, key, () =>
    size <= SHARED ? uploadWhole(up, sending) : uploadLarge(up, sending),
  );
}

/** A file whose digest is known, in parts as an upload cuts it. */
export interface Known extends Digest {
  file: string;
  /** Bytes. */
  size: number;
}

/**
 * Sends a file that was hashed before, without hashing it again. Throws `ExternalError` where what arrives is not what was
 * hashed: also where the file changed since.
 */
export async function uploadKnown(
  up: Uploader,
  known: Known,
  key: string,
  progress?: (bytes: number) => void,
): Promise<Uploaded> {
  const { file, size, sha256, parts } = known;
  const sending = { file, size, key, progress };

  return provedUpload(up, key, async () => {
    const etag =
      size <= SHARED
        ? await sendWhole(up, sending, sha256)
        : await sendLarge(up, sending);

    return { size, etag, sha256, parts };
  });
}

async function sendWhole(
  up: Uploader,
  { file, size, key, progress }: Sending,
  sha256: string,
): Promise<string> {
  const etag = await putBytes(up, key, await readFile(file), sha256);
  progress?.(size);

  return etag;
}

async function uploadWhole(up: Uploader, sending: Sending): Promise<Sent> {
  const { file, size, key, progress } = sending;
  const bytes = takeBytes(size);

  try {
    const digest = await readDigested(file, bytes);
    const etag = await putBytes(up, key, bytes, digest.sha256);
    progress?.(size);

    return { size, etag, ...digest };
  } finally {
    giveBack(bytes);
  }
}

async function uploadLarge(up: Uploader, sending: Sending): Promise<Sent> {
  const { file, size } = sending;
  const [etag, digest] = await Promise.all([
    sendLarge(up, sending),
    digestInParts(file, size),
  ]);

  return { size, etag, ...digest };
}

/** In one request or in parts; returns the ETag. */
function sendLarge(up: Uploader, sending: Sending): Promise<string> {
  return sending.size <= SINGLE
    ? uploadStream(up, sending)
    : uploadParts(up, sending);
}

/** Digests a file in the parts that its upload has, beside the main thread. */
export function digestInParts(file: string, size: number): Promise<Digest> {
  return size <= SINGLE
    ? digestAside(file, size)
    : digestBeside(file, size, partSizeFor(size));
}

/** Sends bytes to a key; returns the ETag. */
export async function uploadBytes(
  up: Uploader,
  bytes: Uint8Array,
  key: string,
): Promise<string> {
  const digest = digestBytes(bytes);
  const { etag } = await provedUpload(up, key, async () => ({
    size: bytes.length,
    etag: await putBytes(up, key, bytes, digest.sha256),
    ...digest,
  }));

  return etag;
}

function putBytes(
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
  const stretch = { file, start: 0, length: size };

  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, (signal, touch) =>
      withBody(stretch, both(count(0), touch), (body) =>
        up.s3.putObject({ key, body, size }, signal),
      ),
    ),
  );
}

/** The file itself, never one behind a link: outputs of engines are not trusted. */
export async function regularSize(file: string): Promise<number> {
  const stats = await lstat(file);
  if (!stats.isFile())
    throw new UsageError(`${file} is not a regular file`, {
      code: "not-a-file",
      hint: "links, folders and devices are not published",
    });

  return stats.size;
}
