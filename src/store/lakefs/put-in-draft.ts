import { UsageError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import { placeInside } from "../paths.ts";
import type { DraftRef, StoredFile } from "../store.ts";
import { SINGLE } from "../transfer/send-file.ts";
import { regularSize, uploadFile } from "../transfer/upload.ts";
import { checkArrived, openDraft } from "./draft-branch.ts";
import { goneOutcome } from "./outcomes.ts";
import { carrierOf, type Repository } from "./repository.ts";
import { listStore, objectToken } from "./snapshot.ts";

const SMALL_AT_ONCE = 8;

export interface Upload {
  folder: string;
  /** Below the folder. */
  files: string[];
  /** Before each file's name, in the store. */
  prefix: string;
  progress: ((bytes: number) => void) | undefined;
}

/** Uploads files into the draft, and sees that they arrived. */
export async function putInDraft(
  repository: Repository,
  ref: DraftRef,
  { folder, files, prefix, progress }: Upload,
): Promise<StoredFile[]> {
  if ((await openDraft(repository, ref)) === null) throw branchGone(ref.branch);

  const up = await carrierOf(repository);

  const stored = new Map<string, StoredFile>();
  const send = async ({ name, file }: { name: string; file: string }) => {
    const path = prefix + name;
    const { size, sha256, etag } = await uploadFile(
      up,
      file,
      `${ref.id}/${path}`,
      progress,
    );

    stored.set(name, { path, size, sha256, token: objectToken(etag, size) });
  };

  const sized = await inParallel(files, SMALL_AT_ONCE, async (name) => {
    const file = placeInside(folder, name);
    return { name, file, size: await regularSize(file) };
  });

  // A large file uses several connections by itself: one at a time keeps memory small.
  await inParallel(
    sized.filter(({ size }) => size <= SINGLE),
    SMALL_AT_ONCE,
    send,
  );
  await inParallel(
    sized.filter(({ size }) => size > SINGLE),
    1,
    send,
  );

  const inOrder = files.flatMap((name) => stored.get(name) ?? []);
  await checkArrived(listStore(repository, ref.id, prefix), inOrder);

  return inOrder;
}

/** The branch that publication would change is not there any more. */
export function branchGone(branch: string): UsageError {
  const { message, hint } = goneOutcome(branch);
  return new UsageError(message, { code: "branch-missing", hint });
}
