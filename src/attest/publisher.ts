import type { PublishedManifest } from "../model/manifest.ts";
import type { Store } from "../store/store.ts";
import type { StoreWord } from "../store/word.ts";

/** The one user of the store whose publications count where no key is configured, and the server that knows users. */
export interface Publisher {
  user: string;
  word: StoreWord;
}

/**
 * The publisher that the setting names, else the user of these credentials; null where the store's server cannot tell
 * people apart: then nothing but a key can say who published.
 */
export async function publisherOf(
  store: Pick<Store, "word">,
  setting: string | null,
): Promise<Publisher | null> {
  const word = await store.word();
  return word && { user: setting ?? word.self, word };
}

/** Why the store's server does not say that the publisher published this manifest and its files; null where it does. */
export async function doubtOf(
  { user, word }: Publisher,
  snapshot: string,
  { path, manifest }: PublishedManifest,
): Promise<string | null> {
  const { isTheirs, last } = await word.published(user, {
    snapshot,
    pointer: path,
    paths: [path, ...manifest.files.map((file) => file.path)],
  });
  if (isTheirs) return null;

  return last === null || last === user
    ? `it differs from what the store's user ${user} published: someone changed it`
    : `the store's user ${last} wrote it, but only publications of ${user} are trusted`;
}
