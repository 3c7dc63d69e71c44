import { createHash } from "node:crypto";
import { bareEtag } from "./etag.ts";

const MIB = 1 << 20;

/** Parts of uploads are at least as large, but for the last: S3's rule. */
export const SMALLEST_PART = 5 * MIB;
const MOST_PARTS = 10_000;
/** What the common tools cut into: rclone and SDKs, aws and boto3, ours, s5cmd, and round numbers. */
const PART_SIZES = [16, 8, 5, 50, 64, 10, 15, 20, 25, 32, 100, 128, 256, 512];

/** In what parts we upload a file of this size, in bytes. Fixed: the way of an upload is part of an object's identity. */
export function partSizeFor(size: number): number {
  return Math.max(16 * MIB, Math.ceil(size / MOST_PARTS / MIB) * MIB);
}

/** Part sizes in bytes that an object of this size may have been uploaded in, the likeliest first. */
export function likelyPartSizes(size: number): number[] {
  const sizes = [partSizeFor(size), ...PART_SIZES.map((part) => part * MIB)];
  return [...new Set(sizes)].filter(
    (part) => part < size && size / part <= MOST_PARTS,
  );
}

/** Most bytes that are hashed to find out in what parts an object was uploaded. */
const MOST_HASHED = 8192 * MIB;

/**
 * All other whole numbers of MiB that an object of this size may have been cut by, in bytes, the smallest first: of `count`
 * parts where the store says how many there were, and no more than a few seconds of hashing.
 */
export function otherPartSizes(size: number, count: number | null): number[] {
  const likely = new Set(likelyPartSizes(size));
  const most = Math.floor(MOST_HASHED / size);
  const sizes: number[] = [];

  for (let part = SMALLEST_PART; part < size; part += MIB) {
    if (sizes.length >= most) break;
    const parts = Math.ceil(size / part);
    const isPossible = parts <= MOST_PARTS && (count ?? parts) === parts;
    if (isPossible && !likely.has(part)) sizes.push(part);
  }

  return sizes;
}

/**
 * Whether a checksum of the store is that of bytes with these parts (md5 in hex): the md5 of a single upload, or the md5
 * of the md5s of the parts.
 */
export function isChecksumOf(
  checksum: string,
  parts: readonly string[],
): boolean {
  const bare = bareEtag(checksum);
  return (
    (parts.length === 1 && parts[0] === bare) || md5OfParts(parts) === bare
  );
}

/** The checksum of an upload in parts, without its `-N`. */
export function md5OfParts(parts: readonly string[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(Buffer.from(part, "hex"));
  return hash.digest("hex");
}
