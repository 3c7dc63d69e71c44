import { createHash } from "node:crypto";
import { hashBytes } from "../disk/hash-file.ts";

/** Code of an error: a file has another size than it had. */
export const FILE_CHANGED = "FILE_CHANGED";

/** What bytes are known by: hex, 64 and 32 digits. */
export interface Digest {
  sha256: string;
  /** md5 of each part, in order; of the whole where there is one. */
  parts: string[];
}

/** Of bytes in memory, as one part. */
export function digestBytes(bytes: Uint8Array): Digest {
  return {
    sha256: hashBytes(bytes),
    parts: [createHash("md5").update(bytes).digest("hex")],
  };
}
