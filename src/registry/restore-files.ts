import { UsageError } from "../errors.ts";
import { inParallel } from "../store/parallel.ts";
import { writeOnce } from "./claim.ts";
import type { ObjectPlace } from "./object-place.ts";
import type { ReleaseFile } from "./release.ts";
import type { LocalFile } from "./target.ts";

/** Labels of a data set are many small files. */
const WIDTH = 8;

/** Where the files of one version, or of one data set, lie. */
export interface WrittenPlace {
  /** Of the registry, for messages. */
  url: string;
  /** How messages name a file. */
  shown(name: string): string;
  /** Bytes of each file that lies there, by name. */
  sizes(): Promise<ReadonlyMap<string, number>>;
  /** Writes a file that is missing. */
  write(file: LocalFile): Promise<void>;
}

/**
 * Puts back what somebody removed of files that were written; whether anything was missing. What is there is compared by
 * its size alone: `fetch` proves the bytes. Throws `UsageError` where one has another size, for nothing is overwritten, or
 * where the same bytes are not here.
 */
export async function restoreFiles(
  place: WrittenPlace,
  { written, files }: Files,
): Promise<boolean> {
  const sizes = await place.sizes();

  const missing: ReleaseFile[] = [];
  for (const file of written) {
    const size = sizes.get(file.name);
    if (size === undefined) missing.push(file);
    else if (size !== file.size)
      throw damaged(place, file.name, "has another size than promoted");
  }

  const here = new Map(files.map((file) => [file.name, file]));
  await inParallel(missing, WIDTH, async ({ name, sha256 }) => {
    const local = here.get(name);
    if (local?.sha256 !== sha256) throw damaged(place, name, "is gone");

    await place.write(local);
  });

  return missing.length > 0;
}

/** Files below a prefix of objects, with `/` at its end. */
export function writtenBelow(place: ObjectPlace, prefix: string): WrittenPlace {
  return {
    url: place.url,
    shown: (name) => prefix + name,
    async sizes() {
      const sizes = new Map<string, number>();
      for await (const { key, size } of place.list(prefix))
        sizes.set(key.slice(prefix.length), size);

      return sizes;
    },
    write: ({ name, file, size, sha256 }) =>
      writeOnce(place, prefix + name, { file, size, sha256 }),
  };
}

interface Files {
  /** Those that must be there. */
  written: readonly ReleaseFile[];
  /** The same, or what was made from the same model, on this machine. */
  files: readonly LocalFile[];
}

function damaged(
  { url, shown }: WrittenPlace,
  name: string,
  what: string,
): UsageError {
  return new UsageError(`${url}: ${shown(name)} ${what}`, {
    code: "release-damaged",
    hint: "look who changed it; promote the model again as a new version",
  });
}
