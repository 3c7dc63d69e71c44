import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** What bytes are known by: hex, 64 and 32 digits. */
export interface Digest {
  sha256: string;
  /** md5 of each part, in order; of the whole where there is one. */
  parts: string[];
}

/** Of bytes in memory, as one part. */
export function digestBytes(bytes: Uint8Array): Digest {
  return {
    sha256: createHash("sha256").update(bytes).digest("hex"),
    parts: [createHash("md5").update(bytes).digest("hex")],
  };
}

/** Of a file, as one part; streamed. */
export async function digestFile(file: string): Promise<Digest> {
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");

  for await (const chunk of createReadStream(file, {
    highWaterMark: 1 << 18,
  })) {
    sha256.update(chunk);
    md5.update(chunk);
  }

  return { sha256: sha256.digest("hex"), parts: [md5.digest("hex")] };
}
