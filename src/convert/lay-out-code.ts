import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hashBytes } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import type { GitCode } from "../model/git-code.ts";

/**
 * Copies a model's code from the checkout, exactly the files that were planned, and none beside them.
 * Throws `UsageError` where one is no longer as it was planned.
 */
export async function layOutCode(
  cwd: string,
  { commit, folder, files }: GitCode,
  target: string,
): Promise<void> {
  await mkdir(target, { recursive: true });

  for (const { path, sha256 } of files) {
    const bytes = await readFile(join(cwd, folder, path)).catch(() => null);
    const found = bytes && hashBytes(bytes);

    if (bytes === null || found !== sha256)
      throw new UsageError(
        `${folder}/${path} differs from the planned file, of commit ${commit.slice(0, 8)}`,
        {
          code: "code-changed",
          hint: "convert in a checkout of the commit that was planned: it must not change between the two steps",
        },
      );

    const copy = join(target, path);
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, bytes);
  }
}
