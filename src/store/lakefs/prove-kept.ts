import { ExternalError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import type { StoredFile } from "../store.ts";
import { inStep } from "../transfer/object-step.ts";
import { readBack } from "../transfer/proved-upload.ts";
import { carrierOf, type Repository } from "./repository.ts";

const AT_ONCE = 8;

/**
 * Hashes the files of a commit, which never changes: a checksum is the word of whoever wrote the object. Throws
 * `ExternalError` that names the files whose bytes are not those that were put.
 */
export async function proveKept(
  repository: Repository,
  commit: string,
  kept: readonly StoredFile[],
): Promise<void> {
  const up = await carrierOf(repository);
  const isSame = async ({ path, sha256 }: StoredFile) =>
    (await inStep("reading", path, () => readBack(up, `${commit}/${path}`))) ===
    sha256;

  const others: string[] = [];
  await inParallel([...kept], AT_ONCE, async (file) => {
    // A byte may be flipped on the way: the second answer counts.
    if (!(await isSame(file)) && !(await isSame(file))) others.push(file.path);
  });
  if (others.length === 0) return;

  throw new ExternalError(
    `the bytes of ${others.sort().join(", ")} in the draft differ from those that were checked`,
    {
      code: "corrupt-upload",
      hint: "nothing was published; run the pipeline again, and check the store's log for who wrote to the hidden branch",
    },
  );
}
