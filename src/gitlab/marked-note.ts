import type { GitlabNote } from "./client.ts";
import type { Marker } from "./note-marker.ts";

/** A note with a marker of ours. */
export type MarkedNote = GitlabNote & { marker: Marker };

/** Notes of one key that the new one takes the place of, and that stay. */
export interface EarlierNotes {
  /** Ids of ours, which the token may not change. */
  refused: readonly number[];
  /** Of other authors, as an earlier token's user is one. */
  foreign: readonly MarkedNote[];
  /** The newest of ours, whose place it takes; null where there is none. */
  before: Marker | null;
}
