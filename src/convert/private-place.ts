import { chmod, lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { getuid } from "node:process";
import { notWritable } from "../disk/not-writable.ts";
import { removeTree } from "../disk/remove-tree.ts";
import {
  temporaryUnusable,
  withTemporaryFolder,
} from "../disk/temporary-folder.ts";
import { UsageError } from "../errors.ts";

// Another user may pass through, as the engine's does, and see no name.
const PASS_THROUGH = 0o711;
const CLOSED = 0o700;
const GROUP_OR_OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * A folder of the runner's own for foreign code: never below the checkout, which GitLab's helper opens to everybody, so
 * that a model could put links in the place of its folders. It is gone afterwards.
 * Throws `UsageError` where the temporary folder itself may be changed by others.
 */
export async function withPrivatePlace<T>(
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = tmpdir();
  await refuseOpenParent(parent);

  return withTemporaryFolder("model-to-edge-work-", async (folder) => {
    await chmod(folder, PASS_THROUGH);
    return work(folder);
  });
}

/**
 * An empty folder for one model, with nothing of an earlier try. No other user gets in before it is given to one: the
 * engine of the model before may still run.
 */
export async function freshFolder(folder: string): Promise<void> {
  await removeTree(folder);
  await mkdir(folder, { recursive: true, mode: CLOSED }).catch(
    (error: unknown) => {
      throw notWritable(folder, error);
    },
  );
}

async function refuseOpenParent(parent: string): Promise<void> {
  const { mode, uid } = await lstat(parent).catch((error: unknown) => {
    throw temporaryUnusable(parent, error);
  });

  const owned = uid === 0 || uid === getuid?.();
  const open = (mode & GROUP_OR_OTHERS_WRITE) !== 0 && (mode & STICKY) === 0;
  if (owned && !open) return;

  throw new UsageError(
    `the temporary folder ${parent} can be changed by other users, so a model's code could swap files in it`,
    {
      code: "temporary-folder",
      hint: "set TMPDIR to a folder of your own (mode 0700), or give the folder to root with mode 1777",
    },
  );
}
