import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

const LARGEST_PIECE = 1 << 18;

/** sha256 of a file in 64 hex, streamed. Throws what the file system says, and the signal's reason where it is called off. */
export async function hashFile(
  file: string,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  const { size } = await stat(file);
  for await (const chunk of createReadStream(file, {
    highWaterMark: pieceOf(size, LARGEST_PIECE),
  })) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}

/** sha256 of bytes in 64 hex. */
export function hashBytes(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Bytes to read at a time of a file of this size. Node takes memory of that size for each read, and V8 collects all of its
 * garbage when such memory adds up: for many small files that costs more than reading them.
 */
export function pieceOf(size: number, largest: number): number {
  // What has no size (a pipe, a file of the kernel) may hold any number of bytes.
  return size === 0 ? largest : Math.min(largest, size + 1);
}
