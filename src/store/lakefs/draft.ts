import { readDraftName } from "../draft-name.ts";
import type { Draft, DraftRef } from "../store.ts";
import { discardDraft } from "./discard-draft.ts";
import { keepInDraft } from "./keep-draft.ts";
import { publishDraft } from "./publish.ts";
import { putInDraft } from "./put-in-draft.ts";
import { rehearseDraft } from "./rehearse.ts";
import { type Repository, toldToPeople } from "./repository.ts";

/** A draft in lakeFS: a hidden branch, made from the target's head by whoever needs it first. */
export function lakefsDraft(repository: Repository, ref: DraftRef): Draft {
  refuseOtherName(ref);
  const told = <T>(work: () => Promise<T>) => toldToPeople(repository, work);

  return {
    put: (folder, files, prefix, { progress } = {}) =>
      told(() =>
        putInDraft(repository, ref, { folder, files, prefix, progress }),
      ),
    keepsAll: true,
    keep: (change, options) =>
      told(async () => {
        await keepInDraft(repository, ref, { change, options });
      }),
    publish: (pointers, compose, options) =>
      told(() => publishDraft(repository, ref, { pointers, compose, options })),
    rehearse: () => told(() => rehearseDraft(repository, ref)),
    discard: () => told(() => discardDraft(repository, ref)),
  };
}

/** A branch of another name belongs to people. */
export function refuseOtherName({ id }: Pick<DraftRef, "id">): void {
  if (!readDraftName(id)) throw new Error(`${id} is not a name of a draft`);
}
