import { lstat } from "node:fs/promises";
import { digestBytes } from "../digest.ts";
import { readDigested } from "../digest-files.ts";
import { notRegular } from "../refusals.ts";
import { giveBack, SHARED, takeBytes } from "../shared-bytes.ts";
import { reading } from "./changed-file.ts";
import { provedUpload, type Sent } from "./proved-upload.ts";
import { digestInParts, putBytes, sendLarge } from "./send-file.ts";
import type { Sending, Uploader } from "./sending.ts";

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

  return provedUpload(up, { key, name: pathOf(key) }, () =>
    size <= SHARED ? uploadWhole(up, sending) : uploadLarge(up, sending),
  );
}

async function uploadWhole(up: Uploader, sending: Sending): Promise<Sent> {
  const { file, size, key, progress } = sending;
  const bytes = takeBytes(size);

  try {
    const digest = await reading(file, () => readDigested(file, bytes));
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

/** Sends bytes to a key; returns the ETag. */
export async function uploadBytes(
  up: Uploader,
  bytes: Uint8Array,
  key: string,
): Promise<string> {
  const digest = digestBytes(bytes);
  const { etag } = await provedUpload(
    up,
    { key, name: pathOf(key) },
    async () => ({
      size: bytes.length,
      etag: await putBytes(up, key, bytes, digest.sha256),
      ...digest,
    }),
  );

  return etag;
}

/** Of a key, what is behind the ref or the bucket's first folder. */
function pathOf(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

/** The file itself, never one behind a link: outputs of engines are not trusted. */
export async function regularSize(file: string): Promise<number> {
  const stats = await reading(file, () => lstat(file));
  if (!stats.isFile()) throw notRegular(file);

  return stats.size;
}
