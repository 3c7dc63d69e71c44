import { inParallel } from "../parallel.ts";
import type { DraftRef } from "../store.ts";
import { isRefusal } from "../transfer/errors.ts";
import type { Repository } from "./repository.ts";

const AT_ONCE = 8;

/** Where nothing was made, nothing is written: also a read-only repository is left like that. */
export async function discardDraft(
  { api }: Pick<Repository, "api">,
  ref: Pick<DraftRef, "id">,
): Promise<void> {
  try {
    await api.deleteBranch(ref.id, true);
  } catch (error) {
    if (!isRefusal(error, "protected")) throw error;
    if ((await api.getBranch(ref.id)) !== null) throw error;
  }
}

/** The parts of its jobs too, those of killed ones among them: their names begin with that of the whole. */
export async function discardShared(
  repository: Repository,
  ref: Pick<DraftRef, "id">,
): Promise<void> {
  const parts: { id: string }[] = [];
  for await (const branch of repository.api.listBranches(ref.id))
    if (branch.id !== ref.id) parts.push(branch);

  await inParallel(parts, AT_ONCE, (part) => discardDraft(repository, part));
  await discardDraft(repository, ref);
}
