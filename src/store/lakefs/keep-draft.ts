import type { DraftRef, EdgeChange, PublishOptions } from "../store.ts";
import { checkArrived, draftText, openDraft } from "./draft-branch.ts";
import { foldersOf } from "./folders-of.ts";
import {
  changesOnly,
  commitStaged,
  listAll,
  writeAll,
} from "./rebase-draft.ts";
import type { Repository } from "./repository.ts";

export interface KeepWish {
  /** `keep`: what was put since the last time; `write`: what goes beside it. */
  change: Pick<EdgeChange, "keep" | "write">;
  options: PublishOptions;
}

/**
 * Makes what was put a commit of the draft, so that its author can be told. The commit vouches for all that it changes:
 * throws `ExternalError` where that is anything else. Returns the draft's head, null where the draft is gone.
 */
export async function keepInDraft(
  repository: Repository,
  ref: DraftRef,
  { change: { keep, write }, options }: KeepWish,
): Promise<string | null> {
  const { api } = repository;
  const before = await openDraft(repository, ref);
  await writeAll(repository, ref.id, write);

  const wanted = new Set([...keep.map(({ path }) => path), ...write.keys()]);
  await changesOnly(api.diffBranch(ref.id), wanted);

  const commit = await commitStaged(api, ref.id, draftText(ref, options));
  if (before === null || commit === null || commit === before) return commit;

  await changesOnly(api.diffRefs(before, commit), wanted);
  // The other models of the branch may be thousands.
  const folders = foldersOf(keep.map(({ path }) => path));
  await checkArrived(listAll(repository, commit, folders), keep);

  return commit;
}
