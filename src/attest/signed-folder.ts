import { lstat, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { hashFile } from "../disk/hash-file.ts";
import { orMissing } from "../node-error.ts";
import { filesBelow } from "./files-below.ts";
import type { Trusted } from "./keys.ts";
import { MODEL_SIGNATURE, proofOfFolder } from "./model-signature.ts";
import type { ModelProof } from "./verify-model.ts";

/**
 * What OpenSSF's signature of a folder proves that holds no manifest of ours, such as a model that somebody signed with
 * their program. Null where there is no `model.sig`.
 */
export async function proveSignedFolder(
  folder: string,
  keys: readonly Trusted[],
): Promise<ModelProof | null> {
  const bytes = await orMissing(readFile(join(folder, MODEL_SIGNATURE)));
  if (bytes === null) return null;

  const model = basename(folder);
  const paths = (await filesBelow(folder)).filter(
    (path) => path !== MODEL_SIGNATURE,
  );
  const files = new Map<string, string>();
  const doubts: string[] = [];

  for (const path of paths) {
    const file = join(folder, path);
    if ((await lstat(file)).isFile()) files.set(path, await hashFile(file));
    else
      doubts.push(
        `not covered by the signature, because it is not a regular file: ${path}`,
      );
  }

  const { key, ignored, doubt } = await proofOfFolder(bytes, files, keys);
  if (doubt !== null) doubts.push(doubt);
  if (!key || doubts.length > 0)
    return { model, proved: null, doubts, missing: [] };

  return {
    model,
    proved: {
      ...{ key: key.id, user: null, origin: null, outcome: null },
      files: files.size - ignored.length,
      inputs: null,
    },
    doubts,
    missing: ignored,
  };
}
