import { ExternalError } from "../../errors.ts";
import { SMALLEST_PART } from "./checksum.ts";
import type { ServerWatch } from "./watch-server.ts";

const MIB = 1 << 20;
/** Up to here an object that no checksum proves is read a second time. */
const READ_TWICE = 64 * MIB;

/** Bytes that arrived. */
export interface Arrived {
  sha256: string;
  md5: string;
  /** Whether the store's checksum is that of these bytes, whole or in parts of a usual size. */
  fits(): Promise<boolean>;
  /** The same for all parts of whole MiB, `count` of them where that is known: it takes long. */
  fitsInOtherParts(count: number | null): Promise<boolean>;
}

/** What the store knows of an object beside its checksum. */
export interface ObjectFacts {
  /** Imported: its checksum is another system's. */
  foreign: boolean;
  /** In how many parts it was uploaded; null where the store does not say. */
  parts: number | null;
  /** As people or their tools set it; names in lower case. */
  metadata: Record<string, string>;
}

export interface Proving<A extends Arrived> {
  /** For messages. */
  name: string;
  size: number;
  read(): Promise<A>;
  facts(): Promise<ObjectFacts>;
  /** Hears that it is read a second time. */
  watch?: Pick<ServerWatch, "objectAgain"> | undefined;
}

/**
 * Reads an object until its bytes are those that the store was given: by its checksum, or by a hash in its metadata. Not
 * proved: the bytes may be used, two readings of them agree (of large imported ones there is one), and nobody may rely on
 * the token naming them (imported, or uploaded in parts of unknown sizes). Throws `ExternalError` where they are others.
 */
export async function prove<A extends Arrived>(
  proving: Proving<A>,
): Promise<{ arrived: A; proved: boolean }> {
  const first = await proving.read();
  if (await first.fits()) return { arrived: first, proved: true };

  const facts = await proving.facts();
  if (isNoted(first, facts)) return { arrived: first, proved: true };

  const noted = hasNote(facts);
  if (facts.foreign && !noted && proving.size > READ_TWICE)
    return { arrived: first, proved: false };

  proving.watch?.objectAgain(
    proving.name,
    "its checksum differs from the store's, and it is fetched again",
  );
  const second = await proving.read();
  if ((await second.fits()) || isNoted(second, facts))
    return { arrived: second, proved: true };

  const single =
    !facts.foreign && (facts.parts === 1 || proving.size < SMALLEST_PART);
  if (noted || single || first.sha256 !== second.sha256)
    throw corrupt(proving.name);

  // A cache or a disk may have changed both readings alike, and imported bytes may become others under the same checksum.
  const proved = !facts.foreign && (await second.fitsInOtherParts(facts.parts));

  return { arrived: second, proved };
}

/** Whether a hash in the metadata is that of these bytes. */
function isNoted({ sha256, md5 }: Arrived, { metadata }: ObjectFacts): boolean {
  return notesOf(metadata).some((note) => note === sha256 || note === md5);
}

function hasNote({ metadata }: ObjectFacts): boolean {
  return notesOf(metadata).length > 0;
}

/** `sha256` (people's own), `md5chksum` (rclone's, base64); as hex. */
function notesOf(metadata: Record<string, string>): string[] {
  return Object.entries(metadata).flatMap(([name, value]) => {
    const bare = name.toLowerCase().replace(/^x-amz-meta-/, "");
    if (!["sha256", "checksum-sha256", "md5chksum"].includes(bare)) return [];
    if (/^([0-9a-f]{64}|[0-9a-f]{32})$/i.test(value))
      return [value.toLowerCase()];

    const hex = Buffer.from(value, "base64").toString("hex");
    return [32, 64].includes(hex.length) ? [hex] : [];
  });
}

function corrupt(name: string): ExternalError {
  return new ExternalError(
    `${name} arrived twice with a checksum that differs from the store's`,
    {
      code: "corrupt-object",
      hint: "something between this machine and the store (a proxy, a cache, a disk) changes bytes: download it on another machine and compare its md5 with the store's (`lakectl fs stat`, in S3 `aws s3api head-object`); if the store's own copy is damaged, upload the file again",
    },
  );
}
