import { ExternalError } from "../../errors.ts";
import { digestBytes } from "../digest.ts";
import { tooLarge } from "../refusals.ts";
import {
  isChecksumOf,
  likelyPartSizes,
  otherPartSizes,
} from "../transfer/checksum.ts";
import { type Arrived, prove } from "../transfer/prove.ts";
import { watchServer } from "../transfer/watch-server.ts";
import { objectFacts } from "./object-facts.ts";
import type { Repository } from "./repository.ts";
import type { FetchedBytes } from "./request.ts";

/** Null where it is missing. Throws where it is larger than the limit, or other bytes arrive than the store has. */
export async function readSmall(
  repository: Repository,
  ref: string,
  path: string,
  limit: number,
): Promise<Uint8Array | null> {
  const fetch = () => repository.api.getObject(ref, path, limit);
  const first = await fetch();
  if (first === null) return null;

  // The first reading is there already.
  const readings = [first];
  const { arrived } = await prove({
    name: path,
    size: first === "too-large" ? limit : first.bytes.length,
    facts: () => objectFacts(repository, ref, path),
    watch: watchServer(repository.ctx, `lakeFS at ${repository.endpoint}`),
    read: async () =>
      arrivedBytes(readings.pop() ?? (await fetch()), path, limit),
  });

  return arrived.bytes;
}

function arrivedBytes(
  fetched: FetchedBytes | "too-large" | null,
  path: string,
  limit: number,
): Arrived & { bytes: Uint8Array } {
  if (fetched === null)
    throw new ExternalError(`${path} disappeared while it was read`, {
      code: "changed-under-us",
      hint: "run again when nobody is writing to the branch",
    });

  if (fetched === "too-large") throw tooLarge(path, limit);

  const { bytes, etag } = fetched;
  const { sha256, parts } = digestBytes(bytes);

  return {
    bytes,
    sha256,
    md5: parts[0] ?? "",
    fits: async () =>
      isChecksumOf(etag, parts) ||
      isInParts(etag, bytes, likelyPartSizes(bytes.length)),
    fitsInOtherParts: async (count) =>
      isInParts(etag, bytes, otherPartSizes(bytes.length, count)),
  };
}

function isInParts(
  etag: string,
  bytes: Uint8Array,
  partSizes: readonly number[],
): boolean {
  return partSizes.some((size) => {
    const count = Math.ceil(bytes.length / size);
    const cut = Array.from({ length: count }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    return isChecksumOf(
      etag,
      cut.flatMap((part) => digestBytes(part).parts),
    );
  });
}
