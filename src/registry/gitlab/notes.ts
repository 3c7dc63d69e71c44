import type { VersionNotes } from "../target.ts";
import { newestChange, nextChange } from "./changes.ts";
import { notePackage } from "./names.ts";
import type { GitlabPackages } from "./packages.ts";

/** Notes as packages of their own: each change is a version. */
export function gitlabNotes(packages: GitlabPackages): VersionNotes {
  return {
    read: async (place) =>
      (await newestChange(packages, notePackage(place)))?.text ?? null,
    write: async (place, { was, is }) => {
      const name = notePackage(place);
      const now = await newestChange(packages, name);
      if ((now?.text ?? null) !== was) return false;

      return nextChange(packages, name, { after: now, text: is });
    },
  };
}
