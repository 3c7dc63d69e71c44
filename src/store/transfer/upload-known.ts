import { readFile } from "node:fs/promises";
import { AppError } from "../../errors.ts";
import type { Digest } from "../digest.ts";
import { SHARED } from "../shared-bytes.ts";
import { changedFile, reading } from "./changed-file.ts";
import { provedUpload } from "./proved-upload.ts";
import { digestInParts, putBytes, sendLarge } from "./send-file.ts";
import type { Sending, Uploader } from "./sending.ts";
import type { Uploaded } from "./upload.ts";

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

  const send = async () => {
    const etag =
      size <= SHARED
        ? await sendWhole(up, sending, sha256)
        : await sendLarge(up, sending);

    return { size, etag, sha256, parts };
  };

  try {
    return await provedUpload(up, { key, name: file }, send);
  } catch (error) {
    const isOther =
      error instanceof AppError && error.code === "corrupt-upload";
    if (isOther && (await digestInParts(file, size)).sha256 !== sha256)
      throw changedFile(file);

    throw error;
  }
}

async function sendWhole(
  up: Uploader,
  { file, size, key, progress }: Sending,
  sha256: string,
): Promise<string> {
  const bytes = await reading(file, () => readFile(file));
  if (bytes.length !== size) throw changedFile(file);

  const etag = await putBytes(up, key, bytes, sha256);
  progress?.(size);

  return etag;
}
