import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** sha256 of a file in 64 hex, streamed. Throws what the file system says, and the signal's reason where it is called off. */
export async function hashFile(
  file: string,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, {
    highWaterMark: 1 << 18,
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
