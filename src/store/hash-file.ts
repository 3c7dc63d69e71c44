import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** sha256 of a file, in hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await feedFile(file, hash);
  return hash.digest("hex");
}

/** Feeds a file's bytes to a hash that goes on afterwards. */
export async function feedFile(file: string, hash: Hash): Promise<void> {
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) hash.update(chunk);
}
