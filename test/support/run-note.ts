import { markerKey, withMarker } from "../../src/gitlab/note-marker.ts";

/** The note of a run that looked at a commit of a data branch, in other words than ours. */
export function runNote(branch: string, commit: string): string {
  const key = markerKey("convert");
  const facts = { kind: "run", branch, commit, outcome: "published" } as const;
  return withMarker({ key, iid: 1, sha: "a", facts }, "whatever it says");
}
