/** What the store's own server says of who wrote what; no client chooses it. */
export interface StoreWord {
  /** The user of these credentials. */
  self: string;
  /** Who wrote what a pointer and its files hold at a snapshot. */
  published(by: string, what: PublishedPaths): Promise<PublishedWord>;
}

export interface PublishedPaths {
  snapshot: string;
  /** The small file that names the others. */
  pointer: string;
  /** All of them, the pointer too. */
  paths: readonly string[];
}

export interface PublishedWord {
  /** Every path is still the very object that it was in a publication by this user. */
  isTheirs: boolean;
  /** Who changed the pointer last; null where the log does not say. */
  last: string | null;
}
