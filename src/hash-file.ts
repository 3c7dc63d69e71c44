import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** sha256 of a file in 64 hex, streamed. Throws what the file system says. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }))
    hash.update(chunk);
  return hash.digest("hex");
}
