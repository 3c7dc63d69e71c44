import { attestationPath } from "../model/layout.ts";
import type { PublishedManifest } from "../model/manifest.ts";
import type { Snapshot } from "../store/store.ts";
import { ATTESTATION_LIMIT, proofOf } from "./attestation.ts";
import { isKey, shortId, type Trusted } from "./keys.ts";
import { doubtOf, type Publisher } from "./publisher.ts";

/** Who made a published manifest, as far as it can be proved. Plain data: it travels in `plan.json`. */
export interface Author {
  /** The key's id, where a key that is trusted signed it. */
  key: string | null;
  /** The store's user who published it, where no key is configured and the store's server says so. */
  user: string | null;
  /** What is published may be reused and landed: nobody who is asked here denies it. */
  counts: boolean;
  /** Why nobody vouches for it, in plain words. */
  doubt: string | null;
}

/** Of what no key signed, where no key is configured. */
export const UNSIGNED =
  "not signed: anyone who can write to this branch could have made it";
const UNPROVED =
  "signed, but no public key is configured here to check by whom: anyone who can write to this branch could have made it";

/** Where nothing is published. */
export const NOBODY: Author = {
  key: null,
  user: null,
  counts: false,
  doubt: null,
};

/** Who is asked about authors: keys, and only where there is none, the store's server. */
export interface Witnesses {
  /** The newest first; empty where no key is configured. */
  keys: readonly Trusted[];
  /** Null where the store's server cannot tell people apart. */
  publisher: Publisher | null;
  /** A person's wish: nobody is asked who made it. */
  unsigned?: true;
}

/** What a reader must know of the author of a model whose published state is not trusted, or signed with an older key. */
export function authorNotices(
  { author }: { author: Author },
  keys: readonly Trusted[],
): string[] {
  if (author.doubt !== null && !author.counts)
    return [`its published result is not trusted: ${author.doubt}`];

  const own = keys.filter(isKey);
  const isOlder = own.slice(1).some(({ id }) => id === author.key);
  return isOlder && author.key !== null
    ? [
        `its published verdict is signed with an older key (${shortId(author.key)})`,
      ]
    : [];
}

/** The author of a manifest of a snapshot; without keys no attestation is read, and `isListed` says whether there is one. */
export async function authorOf(
  snapshot: Pick<Snapshot, "read" | "id">,
  published: PublishedManifest,
  { keys, publisher }: Witnesses,
  isListed: boolean,
): Promise<Author> {
  if (keys.length === 0) {
    const doubt = isListed ? UNPROVED : UNSIGNED;
    if (!publisher) return { key: null, user: null, counts: true, doubt };

    const foreign = await doubtOf(publisher, snapshot.id, published);
    return {
      key: null,
      user: foreign === null ? publisher.user : null,
      counts: foreign === null,
      doubt: foreign,
    };
  }

  const bytes = isListed
    ? await snapshot.read(attestationPath(published.path), ATTESTATION_LIMIT)
    : null;

  const { key, doubt } = await proofOf(bytes, published, keys);

  return { key: key?.id ?? null, user: null, counts: key !== null, doubt };
}
