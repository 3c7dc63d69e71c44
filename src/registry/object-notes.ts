import { hashBytes } from "../disk/hash-file.ts";
import { noteKey } from "./layout.ts";
import type { ObjectPlace } from "./object-place.ts";
import type { NotePlace, VersionNotes } from "./target.ts";

/** Bytes of the largest note that is read. */
const LARGEST = 8 << 20;

/** Notes as objects beside the versions, so that their folders hold what AWML's users expect. */
export function objectNotes(place: ObjectPlace): VersionNotes {
  const read = async (of: NotePlace) => {
    const found = await place.read(noteKey(of), LARGEST);
    return found && { ...found, text: textOf(found.bytes) };
  };

  return {
    read: async (of) => (await read(of))?.text ?? null,
    async write(of, { was, is }) {
      const now = await read(of);
      if ((now?.text ?? null) !== was) return false;

      const bytes = Buffer.from(is);
      const key = noteKey(of);
      if (await place.replace(key, bytes, now?.etag ?? null)) return true;

      // The answer of an earlier try may have been lost: then it is as we wanted it.
      const after = await place.read(key, LARGEST);
      return after !== null && hashBytes(after.bytes) === hashBytes(bytes);
    },
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
