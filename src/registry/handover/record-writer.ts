import { ExternalError } from "../../errors.ts";
import type { VersionNotes } from "../target.ts";
import type { HandedRelease } from "./commands.ts";
import {
  type HandedFile,
  type KeptRecord,
  recordPlace,
  recordText,
  withFile,
} from "./record.ts";

/** Writes one file's state into the record. Throws `ExternalError` where another job wrote there meanwhile. */
export type WriteFile = (file: HandedFile) => Promise<void>;

/** The writer of a record that was read before: it goes on from what it wrote itself. */
export function recordWriter(
  notes: VersionNotes,
  release: HandedRelease,
  kept: KeptRecord,
): WriteFile {
  const { name } = kept.record;
  const place = recordPlace(release, name);
  let { record, text } = kept;

  return async (file) => {
    const next = withFile(record, file);
    const is = recordText(next);
    if (!(await notes.write(place, { was: text, is })))
      throw new ExternalError(
        `another job hands ${release.name} ${release.release} over to ${name} at the same time`,
        {
          code: "handover-busy",
          hint: "run the job again when the other one has ended; let one promotion at a time run (`resource_group`)",
        },
      );

    [record, text] = [next, is];
  };
}
