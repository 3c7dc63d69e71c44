import { attestationPath } from "../model/layout.ts";
import type { PublishedManifest } from "../model/manifest.ts";
import type { Snapshot } from "../store/store.ts";
import { ATTESTATION_LIMIT, proofOf } from "./attestation.ts";
import { shortId, type TrustedKey } from "./keys.ts";

/** Who made a published manifest, as far as it can be proved. Plain data: it travels in `plan.json`. */
export interface Author {
  /** The key's id, where a key that is believed signed it. */
  key: string | null;
  /** Why nobody vouches for it, in plain words. */
  doubt: string | null;
}

/** Of what no key signed, where no key is configured. */
export const UNSIGNED =
  "not signed: whoever may write to this branch could have made it";
const UNPROVED =
  "signed, but no public key is configured here that could prove by whom: whoever may write to this branch could have made it";

/** Where nothing is published. */
export const NOBODY: Author = { key: null, doubt: null };

/** What a reader must know of a model's author, where keys are configured. */
export function authorNotices(
  { name, author }: { name: string; author: Author },
  keys: readonly TrustedKey[],
): string[] {
  if (keys.length === 0) return [];
  if (author.doubt !== null)
    return [
      `${name}: what is published for it is not believed: ${author.doubt}`,
    ];

  const isOlder = author.key !== null && author.key !== keys[0]?.id;
  return isOlder && author.key !== null
    ? [
        `${name}: its published green is signed with an older key (${shortId(author.key)})`,
      ]
    : [];
}

/** The author of a manifest of a snapshot; without keys nothing is read, and `isListed` says whether there is an attestation. */
export async function authorOf(
  snapshot: Pick<Snapshot, "read">,
  published: PublishedManifest,
  keys: readonly TrustedKey[],
  isListed: boolean,
): Promise<Author> {
  if (keys.length === 0)
    return { key: null, doubt: isListed ? UNPROVED : UNSIGNED };

  const bytes = isListed
    ? await snapshot.read(attestationPath(published.path), ATTESTATION_LIMIT)
    : null;

  const { key, doubt } = await proofOf(bytes, published, keys);

  return { key: key?.id ?? null, doubt };
}
