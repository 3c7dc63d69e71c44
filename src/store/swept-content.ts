export interface ContentWish {
  /** Younger content stays. */
  olderThanMs: number;
  /** Only say what would be removed. */
  dryRun: boolean;
}

export interface ContentSwept {
  /** Bytes each. */
  removed: readonly { size: number }[];
  /** How many stay because a draft or a publication that goes on needs them. */
  held: number;
  /** The server's words about each that it did not remove. */
  refused: readonly string[];
  /** Why nothing can be removed here; null where something can. */
  kept: string | null;
}
