import { UsageError } from "../../errors.ts";
import { readDraftName } from "../draft-name.ts";
import { inParallel } from "../parallel.ts";
import { placeInside } from "../paths.ts";
import type { Draft, DraftRef, StoredFile } from "../store.ts";
import { isRefusal } from "../transfer/errors.ts";
import { SINGLE } from "../transfer/send-file.ts";
import { regularSize, uploadFile } from "../transfer/upload.ts";
import { checkArrived, openDraft } from "./draft-branch.ts";
import { keepInDraft } from "./keep-draft.ts";
import { goneOutcome } from "./outcomes.ts";
import { publishDraft } from "./publish.ts";
import { rehearseDraft } from "./rehearse.ts";
import { carrierOf, type Repository, toldToPeople } from "./repository.ts";
import { listStore, objectToken } from "./snapshot.ts";

const SMALL_AT_ONCE = 8;

/** A draft in lakeFS: a hidden branch, made from the target's head by whoever needs it first. */
export function lakefsDraft(repository: Repository, ref: DraftRef): Draft {
  if (!readDraftName(ref.id))
    throw new Error(`${ref.id} is not a name of a draft`);
  return {
    put: (folder, files, prefix, { progress } = {}) =>
      toldToPeople(repository, () =>
        put(repository, ref, { folder, files, prefix, progress }),
      ),
    keepsAll: true,
    keep: (change, options) =>
      toldToPeople(repository, () =>
        keepInDraft(repository, ref, { change, options }),
      ),
    publish: (pointers, compose, options) =>
      toldToPeople(repository, () =>
        publishDraft(repository, ref, { pointers, compose, options }),
      ),
    rehearse: () =>
      toldToPeople(repository, () => rehearseDraft(repository, ref)),
    discard: () => toldToPeople(repository, () => discard(repository, ref)),
  };
}

/** Where nothing was made, nothing is written: also a read-only repository is left like that. */
async function discard({ api }: Repository, ref: DraftRef): Promise<void> {
  try {
    await api.deleteBranch(ref.id, true);
  } catch (error) {
    if (!isRefusal(error, "protected")) throw error;
    if ((await api.getBranch(ref.id)) !== null) throw error;
  }
}

interface Upload {
  folder: string;
  /** Below the folder. */
  files: string[];
  /** Before each file's name, in the store. */
  prefix: string;
  progress: ((bytes: number) => void) | undefined;
}

async function put(
  repository: Repository,
  ref: DraftRef,
  { folder, files, prefix, progress }: Upload,
): Promise<StoredFile[]> {
  if ((await openDraft(repository, ref)) === null)
    throw new UsageError(goneOutcome(ref.branch).message, {
      code: "branch-missing",
      hint: goneOutcome(ref.branch).hint,
    });

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
