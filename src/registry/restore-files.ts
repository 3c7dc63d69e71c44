import { UsageError } from "../errors.ts";
import { inParallel } from "../store/parallel.ts";
import { writeOnce } from "./claim.ts";
import type { ObjectPlace } from "./object-place.ts";
import type { ReleaseFile } from "./release.ts";
import type { LocalFile } from "./target.ts";

/** Labels of a data set are many small files. */
const WIDTH = 8;

/**
 * Puts back what somebody removed of files that were written below a prefix (with `/` at its end); whether anything was
 * missing. What is there is compared by its size alone: `fetch` proves the bytes. Throws `UsageError`
 * where one has another size, for nothing is overwritten, or where the same bytes are not here.
 */
export async function restoreFiles(
  place: ObjectPlace,
  prefix: string,
  { written, files }: Files,
): Promise<boolean> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of place.list(prefix))
    sizes.set(key.slice(prefix.length), size);

  const missing: ReleaseFile[] = [];
  for (const file of written) {
    const size = sizes.get(file.name);
    if (size === undefined) missing.push(file);
    else if (size !== file.size)
      throw damaged(
        place,
        prefix + file.name,
        "has another size than promoted",
      );
  }

  const here = new Map(files.map((file) => [file.name, file]));
  await inParallel(missing, WIDTH, async ({ name, sha256 }) => {
    const key = prefix + name;
    const local = here.get(name);
    if (local?.sha256 !== sha256) throw damaged(place, key, "is gone");

    const { file, size } = local;
    await writeOnce(place, key, { file, size, sha256 });
  });

  return missing.length > 0;
}

interface Files {
  /** Those that must be there. */
  written: readonly ReleaseFile[];
  /** The same, or what was made from the same model, on this machine. */
  files: readonly LocalFile[];
}

function damaged({ url }: ObjectPlace, key: string, what: string): UsageError {
  return new UsageError(`${url}: ${key} ${what}`, {
    code: "release-damaged",
    hint: "look who changed it; promote the model again as a new version",
  });
}
