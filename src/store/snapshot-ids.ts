const INITIAL = "initial";

/** `<store>-<publication>-<state>`: what `edge/` shows, and the state of what people write. */
export interface SnapshotId {
  /** Null before the first publication. */
  publication: string | null;
  /** 16 hex digits. */
  state: string;
}

/** The ids of a store that keeps no history of what people write, by the word that they begin with. */
export function snapshotIds(store: string) {
  const pattern = new RegExp(
    `^${store}-(${INITIAL}|[0-9a-f]{16})-([0-9a-f]{16})$`,
  );

  return {
    format: ({ publication, state }: SnapshotId): string =>
      `${store}-${publication ?? INITIAL}-${state}`,

    /** Null where the text is not an id of this store. */
    parse(id: string): SnapshotId | null {
      const match = pattern.exec(id);
      if (!match) return null;

      const [, publication = "", state = ""] = match;

      return {
        publication: publication === INITIAL ? null : publication,
        state,
      };
    },
  };
}
